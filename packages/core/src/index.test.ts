import { expect, test } from "vitest";

import * as core from "./index.ts";

test("exports these names; change them on purpose", () => {
  expect(Object.keys(core).toSorted()).toEqual([
    "AccountPool",
    "ConfigError",
    "DEFAULT_ROUTES",
    "END_REASONS",
    "FAILURES",
    "FAULTS",
    "GatewayError",
    "NO_USAGE",
    "READY",
    "RouteTable",
    "STRATEGIES",
    "SURFACES",
    "Secret",
    "TOKEN_LIMITS",
    "TOKEN_PREFIX",
    "TOKEN_SCOPES",
    "TokenRegistry",
    "UPSTREAM_KINDS",
    "afterFailure",
    "afterSuccess",
    "classify",
    "configJsonSchema",
    "configSchema",
    "isEmptyUsage",
    "isReady",
    "parseConfig",
    "totalInputTokens",
    "totalTokens",
  ]);
});
