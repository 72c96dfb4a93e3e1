import type { Capability } from "../capability/capability.ts";
import { resolveCapability } from "../capability/resolve.ts";
import type { TranslationContext } from "../context.ts";
import type { DialectId } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { LossLog } from "../loss.ts";
import type { LossCode } from "../loss-table.ts";
import type { StreamEvent } from "../neutral/event.ts";
import type { NeutralRequest } from "../neutral/request.ts";
import { Serialiser } from "../neutral/serialise.ts";
import { SseReader } from "../sse/parse.ts";
import { ToolNames } from "../tools/names.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";

/** A request decoded, and the names of what was lost. */
export function decode(
  body: JsonObject,
  {
    to = "anthropic-messages",
    mode = "lenient",
  }: { readonly to?: DialectId; readonly mode?: "lenient" | "strict" } = {},
): { readonly request: NeutralRequest; readonly losses: readonly LossCode[] } {
  const losses = new LossLog("openai-chat", to, mode);
  const least = { model: "m", messages: [{ role: "user", content: "hi" }] };
  const request = openaiChat.decodeRequest({ ...least, ...body }, losses);
  return { request, losses: losses.list.map(({ code }) => code) };
}

/** The least request in the neutral language. */
export const LEAST: NeutralRequest = {
  model: "m",
  system: [],
  turns: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [],
  stream: false,
};

/** Which upstream a request goes to in tests: OpenAI's gpt-4.1, unless said otherwise. */
export interface Towards {
  readonly upstream?: string;
  readonly model?: string;
  readonly from?: DialectId;
  readonly capability?: Partial<Capability>;
}

/** A request encoded, without its model, and the names of what was lost. */
export function encode(
  request: Partial<NeutralRequest>,
  { upstream = "openai", model = "gpt-4.1", from = "anthropic-messages", capability: overrides }: Towards = {},
): { readonly body: JsonObject; readonly losses: readonly LossCode[] } {
  const whole = { ...LEAST, ...request };
  const capability = resolveCapability({ dialect: "openai-chat", model, upstream }, overrides);
  const losses = new LossLog(from, "openai-chat");
  const toolNames = new ToolNames(whole, capability.toolNameMaxLength);
  const { model: _named, ...body } = openaiChat.encodeRequest(whole, { capability, toolNames, losses });
  return { body, losses: losses.list.map(({ code }) => code) };
}

/** What an answer is translated with, where one end speaks Chat Completions. */
export function contextFor(
  request: Partial<NeutralRequest> = {},
  {
    client = "openai-chat",
    upstream = "openai-chat",
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

/** A stream of an upstream from its chunks; texts are frames as they are. */
export function sseOf(chunks: readonly (object | string)[]): string {
  return chunks.map((chunk) => (typeof chunk === "string" ? chunk : `data: ${JSON.stringify(chunk)}\n\n`)).join("");
}

/** One chunk with a delta of the first choice. */
export function chunk(delta: object, rest: object = {}, finish: string | null = null): object {
  return { id: "chatcmpl-7", model: "up", choices: [{ index: 0, delta, finish_reason: finish }], ...rest };
}

/** The events of a stream as encoders get them, one part after the other. */
export function eventsOf(sse: string, context: TranslationContext): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const serialiser = new Serialiser((event) => events.push(event));
  const sink = (event: StreamEvent): void => serialiser.write(event);
  const decoder = openaiChat.decodeStream(context);
  const reader = new SseReader();
  for (const frame of [...reader.push(new TextEncoder().encode(sse)), ...reader.end()]) decoder.read(frame, sink);
  decoder.end(sink);
  return events;
}
