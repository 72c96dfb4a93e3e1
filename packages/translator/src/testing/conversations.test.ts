import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { plainScript, requestOf } from "./conversations.ts";
import { LAWS } from "./laws/index.ts";

describe.each(["anthropic-messages", "openai-chat"] as const)("a plain conversation in %s", (dialect) => {
  test("is one that the service takes, so the law and the writer agree", () => {
    fc.assert(
      fc.property(plainScript, (script) => {
        const body: unknown = JSON.parse(JSON.stringify(requestOf(dialect, script)));
        expect(LAWS[dialect](Object(body))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
