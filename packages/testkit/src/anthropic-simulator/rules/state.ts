import { isObject, textOf } from "../../simulator/json.ts";
import type { SealCheck } from "../../simulator/seal.ts";
import { checkSignature } from "../signature.ts";
import type { Call } from "./call.ts";
import { firstFound, foundIf, type Found, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

/** What is refused because it is not what an earlier answer said. */
export const STATE_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  {
    name: "signatures of thinking",
    on: CONVERSATIONS,
    find: (call) => firstThinking(call, "foreign"),
    message: ({ at, what }) =>
      what === "thinking"
        ? `${at}: Invalid \`signature\` in \`thinking\` block`
        : `${at}: Invalid \`data\` in \`redacted_thinking\` block`,
  },
  {
    name: "thinking unchanged",
    on: CONVERSATIONS,
    find: (call) => firstThinking(call, "other_text"),
    message: ({ at }) =>
      `${at}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`,
  },
  {
    name: "thread known",
    on: ["messages"],
    find: ({ body: { thread }, holdsThread }) => {
      const previous =
        isObject(thread) && thread["type"] === "continue" ? textOf(thread["previous_message_id"]) : undefined;
      return foundIf(previous !== undefined && !holdsThread(previous), previous);
    },
    message: ({ at }) => `thread: no thread ends with ${at}`,
    status: 404,
    type: "not_found_error",
    errorCode: "thread_not_found",
  },
];

function firstThinking(call: Call, wanted: SealCheck): Found | undefined {
  return firstFound(call.messages, ({ index, blocks }) =>
    firstFound(blocks, (block, position) => {
      const type = textOf(block["type"]);
      if (type !== "thinking" && type !== "redacted_thinking") return undefined;
      const check =
        type === "thinking"
          ? checkSignature(block["signature"], textOf(block["thinking"]))
          : checkSignature(block["data"], "");
      return foundIf(check === wanted, `messages.${index}.content.${position}`, type);
    }),
  );
}
