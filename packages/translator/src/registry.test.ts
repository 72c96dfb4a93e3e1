import { expect, test } from "vitest";

import { dialectOf } from "./registry.ts";

test("gives a dialect by its name", () => {
  expect(dialectOf("anthropic-messages").id).toBe("anthropic-messages");
});

test("says which dialects there are when it has none of that name", () => {
  expect(() => dialectOf("openai-chat")).toThrow(
    new TypeError('no dialect "openai-chat"; there is anthropic-messages'),
  );
});
