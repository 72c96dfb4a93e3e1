import { asList, asObject, asText } from "./json.ts";
import type { LossLog } from "./loss.ts";
import type { OpaquePart } from "./neutral/part.ts";

/**
 * What a piece of Anthropic's that OpenAI does not have says in words; undefined when it is left out. A compacted past cannot be left
 * out: it throws a `TranslationError`.
 */
export function opaqueText({ name, raw }: OpaquePart, losses: LossLog): string | undefined {
  if (name === "search_result") {
    losses.note("search_result");
    const texts = (asList(raw.content) ?? []).map((block) => asText(asObject(block)?.text));
    return [asText(raw.title), asText(raw.source), ...texts].filter((text) => text !== undefined).join("\n");
  }
  if (name === "tool_reference") {
    losses.note("tool_note", name);
    return `[tool: ${asText(raw.tool_name) ?? ""}]`;
  }
  losses.note(name.includes("compaction") ? "compaction" : "hosted_history", name);
  return undefined;
}
