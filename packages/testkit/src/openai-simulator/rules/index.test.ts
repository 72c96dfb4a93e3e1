import { expect, it } from "vitest";

import { ENVELOPE_RULES } from "./envelope.ts";
import { CALL_RULES } from "./index.ts";

it("gives every rule a name of its own", () => {
  const names = [...ENVELOPE_RULES, ...CALL_RULES].map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
