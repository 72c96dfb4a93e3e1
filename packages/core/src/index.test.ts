import { expect, test } from "vitest";

import * as core from "./index.ts";

test("exports these names; change them on purpose", () => {
  expect(Object.keys(core).toSorted()).toEqual([
    "AccountPool",
    "ConfigError",
    "END_REASONS",
    "FAILURES",
    "FAULTS",
    "GatewayError",
    "NO_USAGE",
    "READY",
    "STRATEGIES",
    "SURFACES",
    "Secret",
    "TOKEN_LIMITS",
    "TOKEN_PREFIX",
    "TOKEN_SCOPES",
    "TokenRegistry",
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
