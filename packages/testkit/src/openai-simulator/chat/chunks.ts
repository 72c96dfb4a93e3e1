import { dataText } from "../../simulator/event-text.ts";
import { meteredFrames, type Draft, type Frame } from "../../simulator/frame.ts";
import { isObject, type JsonObject } from "../../simulator/json.ts";
import { piecesOf } from "../../simulator/pieces.ts";
import type { Stream } from "../../simulator/steps.ts";
import type { Pace, WireError } from "../../simulator/turn.ts";
import { callsIn, type AnswerPart, type CallPart } from "../answer.ts";
import { errorMember } from "../error.ts";
import { obfuscationAt } from "../obfuscation.ts";
import { chatUsage } from "../usage.ts";
import { callMember, contentOf, CREATED, SERVICE, type Completion } from "./completion.ts";

/**
 * A completion as a stream: the role, the deltas, the reason to finish, the usage when the request asks for it, and `[DONE]`.
 * @param options the `stream_options` of the request.
 */
export function chunkStream(completion: Completion, options: unknown, pace: Pace = {}): Stream {
  const { answer } = completion;
  const deltas = deltasOf(completion, pace);
  const chunks: JsonObject[] = [
    choiceChunk(firstDelta(answer.parts), null),
    ...deltas.map((delta) => choiceChunk(delta, null)),
    choiceChunk({}, answer.finish),
  ];
  // The chunk with the role carries nothing of the output.
  const shareOf = (index: number): Pick<Draft, "output"> =>
    index === 0 ? {} : { output: index > deltas.length ? "all" : "part" };
  const drafts: Draft[] = chunksWithHead(completion, chunks, isObject(options) ? options : {}).map((chunk, index) => ({
    bytes: Buffer.from(dataText(JSON.stringify(chunk))),
    ...shareOf(index),
  }));
  drafts.push({ bytes: Buffer.from(dataText("[DONE]")) });
  const frames = meteredFrames(drafts, answer.usage);
  return { frames, unfinished: deltas.length + 1, errorFrames: (error) => [errorChunk(error)] };
}

function chunksWithHead({ id, answer }: Completion, chunks: readonly JsonObject[], options: JsonObject): JsonObject[] {
  const asksUsage = options["include_usage"] === true;
  const head = { id, object: "chat.completion.chunk", created: CREATED, model: answer.model, ...SERVICE };
  const last = { choices: [], usage: chatUsage(answer.usage) };
  return [...chunks, ...(asksUsage ? [last] : [])].map((chunk, position) => ({
    ...head,
    ...(asksUsage && { usage: null }),
    ...chunk,
    ...(options["include_obfuscation"] !== false && { obfuscation: obfuscationAt(position) }),
  }));
}

function choiceChunk(delta: JsonObject, finish: string | null): JsonObject {
  return { choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
}

function firstDelta(parts: readonly AnswerPart[]): JsonObject {
  const content = contentOf(parts) === null ? null : "";
  const refuses = parts.some(({ type }) => type === "refusal");
  return { role: "assistant", content, refusal: refuses ? "" : null };
}

function deltasOf(
  { answer: { parts }, reasoning }: Completion,
  { pieceChars, interleaved = false }: Pace,
): JsonObject[] {
  const calls = callsIn(parts);
  const oneByOne = calls.map((call, index) => deltasOfCall(call, index, pieceChars));
  const callDeltas = interleaved ? [alternating(oneByOne)] : oneByOne;
  let nextCall = 0;
  return parts.flatMap((part): JsonObject[] => {
    if (part.type === "text") return piecesOf(part.text, pieceChars).map((content) => ({ content }));
    if (part.type === "refusal") return piecesOf(part.refusal, pieceChars).map((refusal) => ({ refusal }));
    if (part.type === "whole") return [part.block];
    if (part.type === "call") return callDeltas[nextCall++] ?? [];
    return reasoning === "none" ? [] : piecesOf(part.text, pieceChars).map((text) => ({ [reasoning]: text }));
  });
}

function deltasOfCall(call: CallPart, index: number, pieceChars: number | undefined): JsonObject[] {
  const member = call.kind === "custom" ? "input" : "arguments";
  const pieces = piecesOf(call.text, pieceChars).map((piece) => ({ index, [call.kind]: { [member]: piece } }));
  return [{ index, ...callMember({ ...call, text: "" }) }, ...pieces].map((entry) => ({ tool_calls: [entry] }));
}

// One of each in turn, as long as any has some left.
function alternating(lists: readonly (readonly JsonObject[])[]): JsonObject[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, position) =>
    lists.flatMap((list) => list.slice(position, position + 1)),
  ).flat();
}

// The stream ends with it: neither a reason to finish nor `[DONE]` follows.
function errorChunk(error: WireError): Frame {
  return { bytes: Buffer.from(dataText(JSON.stringify({ error: errorMember(error) }))) };
}
