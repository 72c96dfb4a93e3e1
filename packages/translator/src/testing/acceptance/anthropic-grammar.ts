import { asCount, asList, asObject, asString, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, Complaints, objectOf, words } from "../laws/complaints.ts";
import { eventsOf } from "./wire-frames.ts";

const STOP_REASONS = words(
  "end_turn max_tokens stop_sequence tool_use pause_turn refusal model_context_window_exceeded",
);
const ERROR_TYPES = words(
  "invalid_request_error authentication_error billing_error permission_error not_found_error conflict_error request_too_large " +
    "rate_limit_error timeout_error api_error overloaded_error",
);
/** The kinds of delta that a block takes, and the fields it must have from the start. */
const BLOCKS: Readonly<Record<string, { readonly deltas: ReadonlySet<string>; readonly start: JsonObject }>> = {
  text: { deltas: words("text_delta citations_delta"), start: { text: "" } },
  thinking: { deltas: words("thinking_delta signature_delta"), start: { thinking: "", signature: "" } },
  tool_use: { deltas: words("input_json_delta"), start: { input: {} } },
  server_tool_use: { deltas: words("input_json_delta"), start: {} },
  redacted_thinking: { deltas: words(""), start: {} },
  web_search_tool_result: { deltas: words(""), start: {} },
};
const DELTA_FIELDS: Readonly<Record<string, string>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  signature_delta: "signature",
  input_json_delta: "partial_json",
};

/** How a stream of Anthropic Messages departs from its grammar: one block at a time, numbered without a gap, exactly one end. */
export function messageStreamComplaints(sse: string): readonly string[] {
  const complaints = new Complaints();
  const state = new State(complaints);
  for (const event of eventsOf(sse, complaints)) state.read(event);
  complaints.need(state.over, "no end");
  return complaints.list;
}

class State {
  readonly #complaints: Complaints;
  over = false;
  #started = false;
  #finished = false;
  #next = 0;
  #open: JsonObject | undefined;
  #json = "";
  #signatures = 0;
  #broken = false;

  constructor(complaints: Complaints) {
    this.#complaints = complaints;
  }

  read(event: JsonObject): void {
    const type = shown(event.type);
    this.#need(!this.over, `${type} after the end`);
    if (type === "ping") return;
    if (type === "error") this.#readError(event);
    else if (type === "message_start") this.#start(objectOf(event.message));
    else {
      this.#need(this.#started, `${type} before message_start`);
      this.#readInside(type, event);
    }
  }

  #readInside(type: string, event: JsonObject): void {
    if (type === "content_block_start") this.#openBlock(event);
    else if (type === "content_block_delta") this.#delta(event);
    else if (type === "content_block_stop") this.#close(event);
    else if (type === "message_delta") this.#finish(event);
    else if (type === "message_stop") {
      this.#need(this.#finished, "message_stop before message_delta");
      this.over = true;
    } else this.#need(false, `unknown event ${type}`);
  }

  #start(message: JsonObject): void {
    this.#need(!this.#started, "a second message_start");
    this.#started = true;
    for (const complaint of messageComplaints(message)) this.#need(false, complaint);
    this.#need(asList(message.content)?.length === 0, "message_start with content");
    this.#need(message.stop_reason === null && message.stop_sequence === null, "message_start with a stop reason");
  }

  #openBlock({ index, content_block: given }: JsonObject): void {
    const block = objectOf(given);
    const kind = BLOCKS[shown(block.type)];
    this.#need(this.#open === undefined, "two blocks are open");
    this.#need(!this.#finished, "a block after message_delta");
    this.#need(index === this.#next, `block ${shown(index)} in place of ${this.#next}`);
    this.#need(kind !== undefined, `unknown block ${shown(block.type)}`);
    for (const [key, value] of Object.entries(kind?.start ?? {}))
      this.#need(
        JSON.stringify(block[key]) === JSON.stringify(value),
        `block ${shown(block.type)} starts with ${key} ${JSON.stringify(block[key])}`,
      );
    if (block.type === "tool_use")
      this.#need(isId(block.id) && isId(block.name), `tool_use ${shown(block.id)} ${shown(block.name)}`);
    if (block.type === "redacted_thinking")
      this.#need(asString(block.data) !== undefined, "redacted_thinking without data");
    this.#next++;
    this.#open = block;
    this.#json = "";
    this.#signatures = 0;
  }

  #delta({ index, delta: given }: JsonObject): void {
    const delta = objectOf(given);
    const type = shown(delta.type);
    this.#need(this.#open !== undefined && index === this.#next - 1, `a delta of block ${shown(index)}`);
    this.#need(BLOCKS[shown(this.#open?.type)]?.deltas.has(type) === true, `${type} in ${shown(this.#open?.type)}`);
    const field = DELTA_FIELDS[type];
    this.#need(field === undefined || typeof delta[field] === "string", `${type} without its text`);
    if (type === "input_json_delta") this.#json += shown(delta.partial_json);
    this.#need(this.#signatures === 0, `${type} after the signature`);
    if (type === "signature_delta") this.#signatures++;
    if (type === "citations_delta") this.#need(asObject(delta.citation) !== undefined, "no citation");
  }

  #close({ index }: JsonObject): void {
    this.#need(this.#open !== undefined && index === this.#next - 1, `the end of block ${shown(index)}`);
    const isCall = this.#open?.type === "tool_use";
    if (isCall && this.#json !== "" && parseObject(this.#json) === undefined) this.#broken = true;
    this.#open = undefined;
  }

  #finish({ delta, usage }: JsonObject): void {
    const { stop_reason: reason } = objectOf(delta);
    this.#need(this.#open === undefined, "message_delta while a block is open");
    this.#need(!this.#finished, "a second message_delta");
    this.#need(STOP_REASONS.has(shown(reason)), `stop_reason ${shown(reason)}`);
    this.#need("stop_sequence" in objectOf(delta), "no stop_sequence");
    this.#need(asCount(objectOf(usage).output_tokens) !== undefined, "message_delta without output_tokens");
    this.#need(!this.#broken || reason !== "tool_use", "the input of a call is broken JSON");
    this.#finished = true;
  }

  #readError(event: JsonObject): void {
    this.over = true;
    const { type, message } = objectOf(event.error);
    this.#need(ERROR_TYPES.has(shown(type)), `error ${shown(type)}`);
    this.#need(typeof message === "string" && message !== "", "an error without a message");
  }

  #need(holds: boolean, complaint: string): void {
    this.#complaints.need(holds, complaint);
  }
}

function isId(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** What is wrong with the frame of a message, buffered or at the start of a stream. */
export function messageComplaints(message: JsonObject): readonly string[] {
  const complaints = new Complaints();
  const usage = objectOf(message.usage);
  complaints.need(/^msg_[a-zA-Z0-9_-]+$/.test(shown(message.id)), `id ${shown(message.id)}`);
  complaints.need(message.type === "message" && message.role === "assistant", "no message of an assistant");
  complaints.need(asString(message.model) !== undefined && message.model !== "", "no model");
  complaints.need(asCount(usage.input_tokens) !== undefined, "no input_tokens");
  complaints.need(asCount(usage.output_tokens) !== undefined, "no output_tokens");
  return complaints.list;
}

/** What is wrong with a whole answer of Anthropic Messages. */
export function wholeMessageComplaints(message: JsonObject): readonly string[] {
  const complaints = new Complaints();
  complaints.list.push(...messageComplaints(message));
  complaints.need(STOP_REASONS.has(shown(message.stop_reason)), `stop_reason ${shown(message.stop_reason)}`);
  complaints.need("stop_sequence" in message, "no stop_sequence");
  complaints.need(asList(message.content) !== undefined, "no content");
  for (const block of (asList(message.content) ?? []).map(objectOf)) {
    complaints.need(Object.hasOwn(BLOCKS, shown(block.type)), `unknown block ${shown(block.type)}`);
    complaints.need(
      block.type !== "text" || (typeof block.text === "string" && block.text !== ""),
      "an empty text block",
    );
    complaints.need(
      block.type !== "thinking" || (typeof block.thinking === "string" && typeof block.signature === "string"),
      "a thinking block without its fields",
    );
    complaints.need(
      block.type !== "tool_use" || (isId(block.id) && isId(block.name) && asObject(block.input) !== undefined),
      "a call without its fields",
    );
  }
  return complaints.list;
}
