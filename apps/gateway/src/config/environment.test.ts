import { ConfigError } from "@link-assistant/core";
import { expect, test } from "vitest";

import { accountsFromEnvironment, configFromEnvironment } from "./environment.ts";

test.each(["1", "true", "TRUE", "yes", "Yes", "on"])("%s means yes", (text) => {
  expect(configFromEnvironment({ VERBOSE: text, DISABLE_METRICS: text })).toEqual({
    verbose: true,
    metrics: { enabled: false },
  });
});

test.each(["0", "false", "no", "off", "OFF"])("%s means no", (text) => {
  expect(configFromEnvironment({ VERBOSE: text, DISABLE_OPENAI_API: text })).toEqual({
    verbose: false,
    surfaces: { openai: true },
  });
});

test.each(["2", "y", "toString", " ", "constructor"])("%j means neither, and is not repeated", (text) => {
  expect(() => configFromEnvironment({ VERBOSE: text })).toThrow(
    new ConfigError(["VERBOSE: expected one of 0, 1, true, yes, on, false, no, off"]),
  );
});

test.each(["1.5", "-1", "0x10", "1e3", " 80", "80 ", "1234567890"])("%j is no port", (text) => {
  expect(() => configFromEnvironment({ ROUTER_PORT: text })).toThrow(
    new ConfigError(["ROUTER_PORT: expected a whole number"]),
  );
});

test("variables with one part of their path in common stand side by side", () => {
  expect(
    configFromEnvironment({ ROUTER_HOST: "h", ROUTER_PORT: "1", DISABLE_ANTHROPIC_API: "1", DISABLE_OPENAI_API: "0" }),
  ).toEqual({ server: { host: "h", port: 1 }, surfaces: { anthropic: false, openai: true } });
});

test("nothing set is nothing said", () => {
  expect(configFromEnvironment({ PATH: "/bin" })).toEqual({});
  expect(accountsFromEnvironment({ PATH: "/bin" })).toEqual([]);
});
