import { randomUUID } from "node:crypto";
import { defaultResource, resourceFromAttributes, type Resource } from "@opentelemetry/resources";
import { firstSetting, keyValuePairs, type Environment } from "./environment.ts";

const DEFAULT_SERVICE_NAME = "link-assistant-router";

/**
 * Who sends what is pushed by OTLP. `OTEL_SERVICE_NAME` comes before `OTEL_RESOURCE_ATTRIBUTES`, and both before the
 * defaults. Each process gets a `service.instance.id` of its own, so that a collector never mixes up the counters of two
 * replicas.
 */
export function resourceFromEnvironment(env: Environment): Resource {
  const serviceName = firstSetting(env, "OTEL_SERVICE_NAME")?.value;
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": DEFAULT_SERVICE_NAME,
      "service.instance.id": randomUUID(),
      ...keyValuePairs(env, "OTEL_RESOURCE_ATTRIBUTES"),
      ...(serviceName === undefined ? {} : { "service.name": serviceName }),
    }),
  );
}
