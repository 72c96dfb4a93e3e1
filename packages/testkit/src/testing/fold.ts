import { isObject, parseJson, textOf, type JsonObject } from "../simulator/json.ts";

/** The blocks that the events of a stream add up to. */
export function foldContent(events: readonly JsonObject[]): JsonObject[] {
  const content: JsonObject[] = [];
  for (const { type, index, content_block: start, delta } of events) {
    const position = Number(index);
    if (type === "content_block_start" && isObject(start)) content[position] = start;
    if (type === "content_block_delta" && isObject(delta)) content[position] = grown(content[position] ?? {}, delta);
  }
  return content.map(({ partial_json: json, ...block }) => {
    const text = textOf(json);
    return text === "" ? block : { ...block, input: parseJson(text) };
  });
}

function grown(block: JsonObject, delta: JsonObject): JsonObject {
  const pieces = Object.entries(delta).filter(([name]) => name !== "type");
  const added = pieces.map(([name, piece]) => [name, textOf(block[name]) + textOf(piece)]);
  return { ...block, ...Object.fromEntries(added) };
}
