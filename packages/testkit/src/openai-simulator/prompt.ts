import { conversationOf, type OpenAiCall } from "./rules/call.ts";

/** The prompt of a call as pieces, in the order in which a prompt cache sees them: tools, instructions, what was said. */
export function promptParts(call: OpenAiCall): unknown[] {
  const { instructions, tools } = call.body;
  return [
    ...(Array.isArray(tools) ? tools : []),
    ...(instructions == null ? [] : [instructions]),
    ...conversationOf(call),
  ];
}
