import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { Part, TextPart } from "../../neutral/part.ts";
import type { Tool, Turn } from "../../neutral/request.ts";
import { decodeContent } from "./decode-blocks.ts";
import { decodeTool } from "./decode-tools.ts";
import { wrongField } from "./fields.ts";

/** The first words of a block that Claude Code puts before the prompt; it changes from build to build and is no part of it. */
const ATTRIBUTION = "x-anthropic-billing-header";

/** What the operator says before the conversation. */
export function decodeSystem(system: unknown): readonly TextPart[] {
  const parts = decodeContent(system, () => "system").filter((part) => part.type === "text");
  const said = parts[0]?.text.startsWith(ATTRIBUTION) === true ? parts.slice(1) : parts;
  return said.filter(({ text }) => text !== "");
}

/** What the messages say, and what those of the operator among them change. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** Tools that come in mid-conversation. */
  readonly tools: readonly Tool[];
  /** How hard the model should think from the last message on that says it. */
  readonly effort?: string;
}

/** Reads the messages. */
export function decodeMessages(messages: readonly unknown[], losses: LossLog): Conversation {
  const turns: Turn[] = [];
  const tools: Tool[] = [];
  let effort: string | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = asObject(messages[index]);
    if (message === undefined) throw wrongField(`messages[${index}]`, "an object with a `role` and `content`");
    const { role } = message;
    const at = (): string => `messages[${index}].content`;
    if (role === "user" || role === "assistant") turns.push({ role, parts: decodeContent(message.content, at) });
    else if (role === "system") {
      effort = asText(asObject(message.output_config)?.effort) ?? effort;
      if (isOver(message, messages, index)) continue;
      const parts = operatorParts(decodeContent(message.content, at), tools, losses);
      if (parts.length > 0) turns.push({ role, parts });
    } else throw wrongField(`messages[${index}].role`, '"user", "assistant" or "system"');
  }
  return { turns, tools, ...(effort !== undefined && { effort }) };
}

/** Whether a message of the operator holds until the user speaks again, and the user has. */
function isOver(message: JsonObject, messages: readonly unknown[], index: number): boolean {
  if (message.clear_at !== "next_user_message") return false;
  return messages.findLastIndex((each) => asObject(each)?.role === "user") > index;
}

/** Every tool is declared from the start, so one that is only named needs nothing; taking one away cannot be said. */
function operatorParts(parts: readonly Part[], tools: Tool[], losses: LossLog): readonly Part[] {
  return parts.filter((part) => {
    if (part.type !== "opaque" || !part.name.startsWith("tool_")) return true;
    const tool = asObject(part.raw.tool);
    if (part.name === "tool_addition" && tool?.input_schema !== undefined) tools.push(decodeTool(tool, "tool", losses));
    else if (part.name === "tool_removal") losses.note("tool_options", part.name);
    return false;
  });
}
