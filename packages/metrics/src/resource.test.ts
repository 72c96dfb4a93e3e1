import { expect, test } from "vitest";
import { resourceFromEnvironment } from "./resource.ts";

test("by default a service name, an id of this process and the SDK", () => {
  const [one, other] = [resourceFromEnvironment({}).attributes, resourceFromEnvironment({}).attributes];
  expect(one).toMatchObject({ "service.name": "link-assistant-router", "telemetry.sdk.language": "nodejs" });
  expect(one["service.instance.id"]).toMatch(/^[\da-f-]{36}$/);
  expect(one["service.instance.id"]).not.toBe(other["service.instance.id"]);
});

test("attributes come before the defaults, and the service name before both", () => {
  const OTEL_RESOURCE_ATTRIBUTES = "service.name=mine,service.instance.id=one,deployment.environment.name=a%2Cb";
  expect(resourceFromEnvironment({ OTEL_RESOURCE_ATTRIBUTES }).attributes).toMatchObject({
    "service.name": "mine",
    "service.instance.id": "one",
    "deployment.environment.name": "a,b",
  });
  const named = resourceFromEnvironment({ OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: "named" });
  expect(named.attributes["service.name"]).toBe("named");
});
