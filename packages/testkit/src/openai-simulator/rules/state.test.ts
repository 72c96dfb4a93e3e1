import { items, says, reasoning } from "../../testing/openai-bodies.ts";
import { describeRules, type RuleCase } from "../../testing/openai-rules.ts";
import { provisionalSeal, sealReasoning } from "../reasoning-seal.ts";
import { STATE_RULES } from "./state.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "previous response known",
    on: "responses",
    body: { previous_response_id: "resp_other" },
    message: "Previous response with id 'resp_other' not found.",
    code: "previous_response_not_found",
    param: "previous_response_id",
    right: { body: { previous_response_id: null } },
  },
  {
    rule: "seals of reasoning",
    on: "responses",
    body: items(reasoning({ encrypted_content: "gAAAAABforeign" }), says("Hi")),
    message:
      "The encrypted content gAAA...eign could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
    code: "invalid_encrypted_content",
    right: { body: items(reasoning(), says("Hi")) },
  },
  {
    rule: "seals of reasoning",
    on: "responses",
    body: items(reasoning({ encrypted_content: provisionalSeal(sealReasoning("Hm.")) }), says("Hi")),
    message: "could not be verified",
    code: "invalid_encrypted_content",
    right: { body: items(reasoning({ id: "rs_1" }), says("Hi")) },
  },
  {
    rule: "items known",
    on: "responses",
    body: items(reasoning({ id: "rs_1", encrypted_content: undefined }), says("Hi")),
    message: "Item with id 'rs_1' not found.",
    status: 404,
    code: null,
    param: "input",
    right: {
      body: {
        model: "local",
        ...items(
          reasoning({ encrypted_content: undefined, content: [{ type: "reasoning_text", text: "Hm." }] }),
          says("Hi"),
        ),
      },
    },
  },
  {
    rule: "items kept",
    on: "responses",
    body: { store: false, ...items({ type: "item_reference", id: "msg_1" }) },
    message:
      "Item with id 'msg_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
    status: 404,
    code: null,
    param: "input",
    right: { body: { store: false, ...items({ ...says("Hi"), id: "msg_1" }) } },
  },
];

describeRules(STATE_RULES, CASES);
