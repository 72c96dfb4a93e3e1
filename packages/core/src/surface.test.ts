import { expect, test } from "vitest";

import { SURFACES } from "./surface.ts";

test("the surfaces have these names in metrics and in the ledger; change them on purpose", () => {
  expect(SURFACES).toEqual(["anthropic_messages", "openai_chat_completions", "openai_responses"]);
});
