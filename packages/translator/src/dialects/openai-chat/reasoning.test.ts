import { expect, test } from "vitest";

import type { ReasoningPart } from "../../neutral/part.ts";
import { decodeReasoningHistory, encodeDetails } from "./reasoning.ts";

const SIGNED: ReasoningPart = {
  type: "reasoning",
  texts: ["thought"],
  seal: { origin: "anthropic-messages", kind: "signature", data: "sig" },
};
const REDACTED: ReasoningPart = {
  type: "reasoning",
  texts: [],
  seal: { origin: "anthropic-messages", kind: "redacted", data: "blob" },
};
const SUMMARISED: ReasoningPart = {
  type: "reasoning",
  texts: ["one", "two"],
  seal: { origin: "openai-responses", kind: "encrypted", data: "e" },
};
const PLAIN: ReasoningPart = { type: "reasoning", texts: ["plain"] };

test.each([[[SIGNED]], [[REDACTED]], [[SUMMARISED]], [[PLAIN, SIGNED, REDACTED, SUMMARISED]]])(
  "what a client was given comes back as it was: %j",
  (parts) => {
    const details = encodeDetails(parts);
    expect(decodeReasoningHistory({ reasoning_content: "all of it", reasoning_details: details })).toEqual(parts);
  },
);

test("without proofs there are no details", () => {
  expect(encodeDetails([PLAIN])).toBeUndefined();
  expect(encodeDetails([])).toBeUndefined();
});

test.each([
  [{ reasoning_content: "hm", reasoning: "hm" }, ["hm"]],
  [{ reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "theirs" }] }, ["hm"]],
  [
    { reasoning_details: [{ type: "reasoning.summary", summary: "a" }, null, { type: "reasoning.text", text: "b" }] },
    ["ab"],
  ],
])("%j is plain text", (message, texts) => {
  expect(decodeReasoningHistory(message)).toEqual([{ type: "reasoning", texts }]);
});

test.each([{}, { reasoning: "" }, { reasoning_details: [{ type: "reasoning.encrypted", data: "theirs" }] }])(
  "%j says nothing",
  (message) => {
    expect(decodeReasoningHistory(message)).toEqual([]);
  },
);
