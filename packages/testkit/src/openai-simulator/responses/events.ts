import { eventText } from "../../simulator/event-text.ts";
import { meteredFrames, type Draft } from "../../simulator/frame.ts";
import { isObject, objectsIn, textOf, type JsonObject } from "../../simulator/json.ts";
import { piecesOf } from "../../simulator/pieces.ts";
import type { Stream } from "../../simulator/steps.ts";
import { errorMember } from "../error.ts";
import { obfuscationAt } from "../obfuscation.ts";
import { provisionalSeal } from "../reasoning-seal.ts";
import { failedResponse, finishedResponse, startedResponse, type SimResponse } from "./response-body.ts";

/** A response as a stream, event by event. */
export function eventStream(response: SimResponse, pieceChars?: number): Stream {
  const obfuscates = includesObfuscation(response.request);
  const finished = finishedResponse(response);
  const events: JsonObject[] = [
    { type: "response.created", response: startedResponse(response) },
    { type: "response.in_progress", response: startedResponse(response) },
    ...response.output.flatMap((item, index) => itemEvents(item, index, pieceChars)),
    { type: `response.${textOf(finished["status"])}`, response: finished },
  ];
  const drafts = events.map((event, position): Draft => {
    const isDelta = event["delta"] !== undefined;
    const padded = isDelta && obfuscates ? { ...event, obfuscation: obfuscationAt(position) } : event;
    const bytes = eventBytes(padded, position);
    if (position === events.length - 1) return { bytes, output: "all" };
    return isDelta ? { bytes, output: "part" } : { bytes };
  });
  return {
    frames: meteredFrames(drafts, response.answer.usage),
    unfinished: drafts.length - 1,
    errorFrames: (error, position) =>
      [
        { type: "error", error: errorMember(error) },
        { type: "response.failed", response: failedResponse(response, error) },
      ].map((event, index) => ({ bytes: eventBytes(event, position + index) })),
  };
}

/** Makes the events between the beginning and the end of an item, given its final form. */
type Filling = (item: JsonObject, place: JsonObject, pieceChars: number | undefined) => JsonObject[];

interface ItemKind {
  /** What is not said yet when the item is added. */
  readonly blank: (item: JsonObject) => JsonObject;
  readonly fill: Filling;
}

/** Items that are filled piece by piece; every other kind comes whole. */
const ITEM_KINDS: Readonly<Record<string, ItemKind>> = {
  message: { blank: () => ({ status: "in_progress", content: [] }), fill: contentEvents },
  reasoning: {
    blank: ({ encrypted_content: seal }) => ({
      content: [],
      summary: [],
      ...(seal !== undefined && { encrypted_content: provisionalSeal(textOf(seal)) }),
    }),
    fill: (item, place, pieceChars) => [
      ...summaryEvents(item, place, pieceChars),
      ...contentEvents(item, place, pieceChars),
    ],
  },
  function_call: {
    blank: () => ({ status: "in_progress", arguments: "" }),
    fill: (item, place, pieceChars) => callEvents("function_call_arguments", "arguments", item, place, pieceChars),
  },
  custom_tool_call: {
    blank: () => ({ status: "in_progress", input: "" }),
    fill: (item, place, pieceChars) => callEvents("custom_tool_call_input", "input", item, place, pieceChars),
  },
};

function itemEvents(item: JsonObject, index: number, pieceChars: number | undefined): JsonObject[] {
  const kind = ITEM_KINDS[textOf(item["type"])];
  const place = { item_id: item["id"], output_index: index };
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, ...kind?.blank(item) } },
    ...(kind?.fill(item, place, pieceChars) ?? []),
    { type: "response.output_item.done", output_index: index, item },
  ];
}

/** What the parts of a content are called: the member that holds the text, and the events that fill it. */
const PART_KINDS: Readonly<Record<string, { readonly member: string; readonly rest: JsonObject }>> = {
  output_text: { member: "text", rest: { logprobs: [] } },
  refusal: { member: "refusal", rest: {} },
  reasoning_text: { member: "text", rest: {} },
};

function contentEvents(item: JsonObject, place: JsonObject, pieceChars: number | undefined): JsonObject[] {
  return objectsIn(item["content"]).flatMap((part, index): JsonObject[] => {
    const type = textOf(part["type"]);
    const { member, rest } = PART_KINDS[type] ?? { member: "text", rest: {} };
    const text = textOf(part[member]);
    const at = { ...place, content_index: index };
    return [
      { type: "response.content_part.added", ...at, part: { ...part, [member]: "" } },
      ...piecesOf(text, pieceChars).map((delta) => ({ type: `response.${type}.delta`, ...at, delta, ...rest })),
      { type: `response.${type}.done`, ...at, [member]: text, ...rest },
      { type: "response.content_part.done", ...at, part },
    ];
  });
}

function summaryEvents(item: JsonObject, place: JsonObject, pieceChars: number | undefined): JsonObject[] {
  return objectsIn(item["summary"]).flatMap((part, index): JsonObject[] => {
    const text = textOf(part["text"]);
    const at = { ...place, summary_index: index };
    return [
      { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
      ...piecesOf(text, pieceChars).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
      { type: "response.reasoning_summary_text.done", ...at, text },
      { type: "response.reasoning_summary_part.done", ...at, part },
    ];
  });
}

function callEvents(
  name: string,
  member: string,
  item: JsonObject,
  place: JsonObject,
  pieceChars: number | undefined,
): JsonObject[] {
  const text = textOf(item[member]);
  const deltas = piecesOf(text, pieceChars).map((delta) => ({ type: `response.${name}.delta`, ...place, delta }));
  return [...deltas, { type: `response.${name}.done`, ...place, [member]: text }];
}

function eventBytes(event: JsonObject, position: number): Buffer {
  return Buffer.from(eventText(textOf(event["type"]), JSON.stringify({ ...event, sequence_number: position })));
}

function includesObfuscation({ stream_options: options }: JsonObject): boolean {
  return !isObject(options) || options["include_obfuscation"] !== false;
}
