import type { Capability } from "../capability/capability.ts";
import { resolveCapability } from "../capability/resolve.ts";
import type { TranslationContext } from "../context.ts";
import type { DialectId } from "../dialect.ts";
import { openaiResponses } from "../dialects/openai-responses/index.ts";
import { asString } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { LossLog } from "../loss.ts";
import type { LossCode } from "../loss-table.ts";
import type { StreamEvent } from "../neutral/event.ts";
import type { NeutralRequest } from "../neutral/request.ts";
import { Serialiser } from "../neutral/serialise.ts";
import { SseReader } from "../sse/parse.ts";
import { writeFrame } from "../sse/write.ts";
import { ToolNames } from "../tools/names.ts";
import { LEAST } from "./chat-codec.ts";

/** A request decoded, and the names of what was lost. */
export function decode(
  body: JsonObject,
  {
    to = "anthropic-messages",
    mode = "lenient",
  }: { readonly to?: DialectId; readonly mode?: "lenient" | "strict" } = {},
): { readonly request: NeutralRequest; readonly losses: readonly LossCode[] } {
  const losses = new LossLog("openai-responses", to, mode);
  const request = openaiResponses.decodeRequest({ model: "m", input: "hi", ...body }, losses);
  return { request, losses: losses.list.map(({ code }) => code) };
}

/** Which upstream a request goes to in tests: OpenAI's gpt-5.5, unless said otherwise. */
export interface Towards {
  readonly model?: string;
  readonly from?: DialectId;
  readonly capability?: Partial<Capability>;
  /** Whether only its tokens are counted. */
  readonly count?: boolean;
}

/** A request encoded, without its model, and the names of what was lost. */
export function encode(
  request: Partial<NeutralRequest>,
  { model = "gpt-5.5", from = "anthropic-messages", capability: overrides, count = false }: Towards = {},
): { readonly body: JsonObject; readonly losses: readonly LossCode[] } {
  const whole = { ...LEAST, ...request };
  const capability = resolveCapability({ dialect: "openai-responses", model }, overrides);
  const losses = new LossLog(from, "openai-responses");
  const scope = { capability, toolNames: new ToolNames(whole, capability.toolNameMaxLength), losses };
  const encoded = count
    ? openaiResponses.encodeCountRequest?.(whole, scope)
    : openaiResponses.encodeRequest(whole, scope);
  const { model: _named, ...body } = encoded ?? {};
  return { body, losses: losses.list.map(({ code }) => code) };
}

/** What an answer is translated with, where one end speaks Responses. */
export function contextFor(
  request: Partial<NeutralRequest> = {},
  {
    client = "openai-responses",
    upstream = "openai-responses",
    body = {},
  }: { readonly client?: DialectId; readonly upstream?: DialectId; readonly body?: JsonObject } = {},
): TranslationContext {
  const whole = { ...LEAST, ...request };
  return {
    client,
    upstream,
    body,
    request: whole,
    capability: resolveCapability({ dialect: upstream, model: "m" }),
    toolNames: new ToolNames(whole, 64),
    answerModel: "asked",
    answerId: "answer1",
    createdAt: 1_700_000_000,
    losses: new LossLog(upstream, client),
  };
}

/** A stream of an upstream from its events; texts are frames as they are. */
export function sseOf(events: readonly (JsonObject | string)[]): string {
  return events.map((event) => (typeof event === "string" ? event : writeFrame(event, String(event.type)))).join("");
}

/** The events of a stream as encoders get them, one part after the other. */
export function eventsOf(sse: string, context: TranslationContext = contextFor()): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const serialiser = new Serialiser((event) => events.push(event));
  const sink = (event: StreamEvent): void => serialiser.write(event);
  const decoder = openaiResponses.decodeStream(context);
  const reader = new SseReader();
  for (const frame of [...reader.push(new TextEncoder().encode(sse)), ...reader.end()]) decoder.read(frame, sink);
  decoder.end(sink);
  return events;
}

/** Those events as a whole answer would have them, in short: each part with all its text. */
export function partsOf(events: readonly StreamEvent[]): readonly JsonObject[] {
  const parts: Record<string, unknown>[] = [];
  for (const event of events) {
    if (event.type === "open") parts.push({ ...event.part });
    const part = "n" in event ? parts[event.n] : undefined;
    if (part === undefined) continue;
    if (event.type === "delta") part.said = (asString(part.said) ?? "") + event.text;
    if (event.type === "section") part.said = `${asString(part.said) ?? ""}|`;
    if (event.type === "seal") part.seal = event.seal.data;
    if (event.type === "citation") part.cited = event.citation.url;
  }
  return parts;
}
