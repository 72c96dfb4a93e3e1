import { asCount, asList, asObject, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, Complaints, listOf, objectOf, words } from "../laws/complaints.ts";
import { framesOf } from "./wire-frames.ts";
import type { WireFrame } from "./wire-frames.ts";

const FINISH_REASONS = words("stop length tool_calls content_filter");

/** How a stream of Chat Completions departs from its grammar; `includeUsage`: whether the client asked for usage. */
export function chatStreamComplaints(sse: string, includeUsage: boolean): readonly string[] {
  const complaints = new Complaints();
  const state = new State(complaints, includeUsage);
  for (const frame of framesOf(sse, complaints)) state.read(frame);
  complaints.need(state.over, "no end");
  return complaints.list;
}

class State {
  readonly #complaints: Complaints;
  readonly #includeUsage: boolean;
  over = false;
  #first: JsonObject | undefined;
  #finish: unknown;
  #counted = false;
  readonly #calls: { type: unknown; text: string }[] = [];

  constructor(complaints: Complaints, includeUsage: boolean) {
    this.#complaints = complaints;
    this.#includeUsage = includeUsage;
  }

  read({ event, data, object }: WireFrame): void {
    this.#need(!this.over, `${data.slice(0, 40)} after the end`);
    this.#need(event === undefined, `an event line: ${shown(event)}`);
    if (data === "[DONE]") this.#done();
    else if (object === undefined) this.#need(false, `no JSON object: ${data.slice(0, 80)}`);
    else if (object.error !== undefined) this.#readError(objectOf(object.error));
    else this.#readChunk(object);
  }

  #done(): void {
    this.over = true;
    this.#need(this.#finish !== undefined, "[DONE] before a finish reason");
    this.#need(this.#counted === this.#includeUsage, `usage: ${this.#counted ? "not asked for" : "missing"}`);
  }

  #readError({ message, type }: JsonObject): void {
    this.over = true;
    this.#need(this.#finish === undefined, "an error after the finish reason");
    this.#need(
      typeof message === "string" && message !== "" && typeof type === "string",
      "an error without its fields",
    );
  }

  #readChunk(chunk: JsonObject): void {
    this.#envelope(chunk);
    const choices = listOf(chunk.choices);
    if (choices.length === 0) return this.#usageChunk(chunk);
    this.#need(!this.#counted, "a choice after the usage");
    this.#need(!this.#includeUsage || chunk.usage === null, "usage must be null before its chunk");
    for (const choice of choices) this.#choice(choice);
  }

  #envelope(chunk: JsonObject): void {
    this.#need(chunk.object === "chat.completion.chunk", `object ${shown(chunk.object)}`);
    this.#need(/^chatcmpl-[a-zA-Z0-9_-]+$/.test(shown(chunk.id)), `id ${shown(chunk.id)}`);
    this.#need(asCount(chunk.created) !== undefined && typeof chunk.model === "string", "no created, or no model");
    this.#need(asList(chunk.choices) !== undefined, "no choices");
    this.#first ??= chunk;
    for (const key of ["id", "created", "model"]) this.#need(chunk[key] === this.#first[key], `${key} changes`);
  }

  #usageChunk({ usage }: JsonObject): void {
    this.#need(this.#finish !== undefined, "usage before the finish reason");
    this.#need(!this.#counted, "usage twice");
    this.#counted = true;
    for (const complaint of chatUsageComplaints(usage)) this.#need(false, complaint);
  }

  #choice(choice: JsonObject): void {
    const delta = objectOf(choice.delta);
    this.#need(choice.index === 0, `choice ${shown(choice.index)}`);
    this.#need("finish_reason" in choice && asObject(choice.delta) !== undefined, "a choice without its fields");
    this.#need(this.#finish === undefined, "a choice after the finish reason");
    const isFirst = this.#roles === 0;
    this.#need(isFirst === (delta.role === "assistant"), isFirst ? "no role in the first chunk" : "a second role");
    this.#roles++;
    for (const call of listOf(delta.tool_calls)) this.#call(call);
    if (choice.finish_reason === null) return;
    this.#finish = choice.finish_reason;
    this.#need(FINISH_REASONS.has(shown(this.#finish)), `finish_reason ${shown(this.#finish)}`);
    this.#need(this.#finish !== "tool_calls" || this.#calls.length > 0, "tool_calls without a call");
    const broken = this.#calls.some(({ type, text }) => type === "function" && parseObject(text) === undefined);
    this.#need(this.#finish !== "tool_calls" || !broken, "the arguments of a call are broken JSON");
  }

  #roles = 0;

  #call(call: JsonObject): void {
    const index = Number(call.index);
    const known = this.#calls[index];
    const { name, arguments: text, input } = objectOf(call.function ?? call.custom);
    const piece = text ?? input;
    if (known === undefined) {
      this.#need(index === this.#calls.length, `call ${index} in place of ${this.#calls.length}`);
      this.#need(typeof call.id === "string" && call.id !== "", "a call without an id");
      this.#need(call.type === "function" || call.type === "custom", `a call of type ${shown(call.type)}`);
      this.#need(asObject(call[shown(call.type)]) !== undefined, "a call without its body");
      this.#need(typeof name === "string" && name !== "", "a call without a name");
      this.#need(typeof piece === "string", "a call that starts without arguments");
      this.#calls.push({ type: call.type, text: shown(piece ?? "") });
    } else {
      this.#need(index === this.#calls.length - 1, `call ${index} goes on after the next began`);
      this.#need(call.id === undefined && name === undefined, "id or name again");
      this.#need(typeof piece === "string", "a piece without arguments");
      known.text += shown(piece ?? "");
    }
  }

  #need(holds: boolean, complaint: string): void {
    this.#complaints.need(holds, complaint);
  }
}

/** What is wrong with usage as Chat Completions words it. */
export function chatUsageComplaints(usage: unknown): readonly string[] {
  const complaints = new Complaints();
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = objectOf(usage);
  complaints.need(asCount(input) !== undefined && asCount(output) !== undefined, "usage without its numbers");
  complaints.need(
    total === Number(input) + Number(output),
    `usage: ${shown(input)} + ${shown(output)} is not ${shown(total)}`,
  );
  return complaints.list;
}

/** What is wrong with a whole answer of Chat Completions. */
export function wholeChatComplaints(body: JsonObject): readonly string[] {
  const complaints = new Complaints();
  complaints.need(body.object === "chat.completion", `object ${shown(body.object)}`);
  complaints.need(/^chatcmpl-[a-zA-Z0-9_-]+$/.test(shown(body.id)), `id ${shown(body.id)}`);
  complaints.need(asCount(body.created) !== undefined && typeof body.model === "string", "no created, or no model");
  const choices = listOf(body.choices);
  complaints.need(choices.length === 1, `${choices.length} choices`);
  for (const choice of choices) {
    const message = objectOf(choice.message);
    complaints.need(
      choice.index === 0 && FINISH_REASONS.has(shown(choice.finish_reason)),
      `finish_reason ${shown(choice.finish_reason)}`,
    );
    complaints.need(
      message.role === "assistant" && "content" in message && "refusal" in message,
      "a message without its fields",
    );
    complaints.need(
      choice.finish_reason !== "tool_calls" || listOf(message.tool_calls).length > 0,
      "tool_calls without a call",
    );
    complaints.need(
      message.tool_calls === undefined || listOf(message.tool_calls).length > 0,
      "an empty list of calls",
    );
  }
  if (body.usage !== undefined) complaints.list.push(...chatUsageComplaints(body.usage));
  return complaints.list;
}
