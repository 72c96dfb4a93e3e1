import { objectsIn, textOf, type JsonObject } from "../simulator/json.ts";

/** The last thing the user wrote; the empty text when the last turn holds no words of a user. Reminders that a client adds are not the user's. */
export function lastUserText(body: JsonObject): string {
  const content = lastUserMessage(body)?.["content"];
  if (typeof content === "string") return content;
  const texts = objectsIn(content)
    .map((block) => textOf(block["text"]).trim())
    .filter((text) => text !== "" && !text.startsWith("<system-reminder>"));
  return texts.at(-1) ?? "";
}

/** How many tool results the last message of the user holds. */
export function toolResultsInLastTurn(body: JsonObject): number {
  return objectsIn(lastUserMessage(body)?.["content"]).filter((block) => block["type"] === "tool_result").length;
}

function lastUserMessage(body: JsonObject): JsonObject | undefined {
  return objectsIn(body["messages"]).findLast((message) => message["role"] === "user");
}
