import { asCount, asList, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, Complaints, listOf, objectOf, repeated, words } from "../laws/complaints.ts";
import { ItemState } from "./responses-items.ts";
import { eventsOf } from "./wire-frames.ts";

const TERMINAL: Readonly<Record<string, string>> = {
  "response.completed": "completed",
  "response.incomplete": "incomplete",
  "response.failed": "failed",
};
const REQUIRED = [
  "id object created_at status error incomplete_details instructions metadata model output parallel_tool_calls temperature",
  "tool_choice tools top_p usage",
]
  .join(" ")
  .split(" ");
const INCOMPLETE = words("max_output_tokens content_filter");

/** How a stream of Responses departs from its grammar: numbered events, one item at a time, one terminal that repeats what was said. */
export function responseStreamComplaints(sse: string): readonly string[] {
  const complaints = new Complaints();
  const state = new State(complaints);
  for (const event of eventsOf(sse, complaints)) state.read(event);
  complaints.need(state.over, "no end");
  return complaints.list;
}

class State {
  readonly #complaints: Complaints;
  over = false;
  #sequence = 0;
  #id: unknown;
  #failing = false;
  #item: ItemState | undefined;
  readonly #done: JsonObject[] = [];

  constructor(complaints: Complaints) {
    this.#complaints = complaints;
  }

  read(event: JsonObject): void {
    const type = shown(event.type);
    this.#need(!this.over, `${type} after the end`);
    this.#need(
      event.sequence_number === this.#sequence,
      `${type}: number ${shown(event.sequence_number)} in place of ${this.#sequence}`,
    );
    if (this.#sequence === 0) this.#need(type === "response.created", `begins with ${type}`);
    if (this.#sequence === 1) this.#need(type === "response.in_progress", `goes on with ${type}`);
    this.#sequence++;
    this.#need(!this.#failing || type === "response.failed", `${type} after the error`);
    if (type === "error") this.#readError(event);
    else if (Object.hasOwn(TERMINAL, type)) this.#end(type, objectOf(event.response));
    else if (type === "response.created" || type === "response.in_progress") this.#begin(objectOf(event.response));
    else if (type === "response.output_item.added") this.#add(event);
    else if (type === "response.output_item.done") this.#finishItem(event);
    else if (this.#item === undefined) this.#need(false, `${type} without an item`);
    else this.#item.read(type, event);
  }

  #begin(response: JsonObject): void {
    this.#id ??= response.id;
    this.#need(this.#sequence <= 2, "the response begins again");
    this.#need(response.id === this.#id, "the id changes");
    this.#need(
      response.status === "in_progress" && asList(response.output)?.length === 0,
      "the response begins otherwise",
    );
    this.#need(response.usage === null, "usage before the end");
    for (const complaint of envelopeComplaints(response)) this.#need(false, complaint);
  }

  #add({ output_index: index, item: given }: JsonObject): void {
    const item = objectOf(given);
    this.#need(this.#item === undefined, "two items are open");
    this.#need(index === this.#done.length, `item ${shown(index)} in place of ${this.#done.length}`);
    this.#need(!this.#done.some(({ id }) => id === item.id), `item id ${shown(item.id)} again`);
    this.#item = new ItemState(item, this.#done.length, this.#complaints);
  }

  #finishItem({ output_index: index, item: given }: JsonObject): void {
    const item = objectOf(given);
    this.#need(this.#item !== undefined && index === this.#done.length, `the end of item ${shown(index)}`);
    this.#item?.end(item);
    this.#item = undefined;
    this.#done.push(item);
  }

  #readError({ message }: JsonObject): void {
    this.#failing = true;
    this.#need(typeof message === "string" && message !== "", "an error without a message");
  }

  #end(type: string, response: JsonObject): void {
    this.over = true;
    const failed = type === "response.failed";
    this.#need(response.id === this.#id, "the id changes");
    this.#need(response.status === TERMINAL[type], `status ${shown(response.status)} in ${type}`);
    this.#need(failed || this.#item === undefined, "the end while an item is open");
    const output = listOf(response.output);
    if (!failed) {
      this.#need(JSON.stringify(output) === JSON.stringify(this.#done), "the output is not what was streamed");
      for (const complaint of wholeResponseComplaints(response)) this.#need(false, complaint);
    }
    const { code, message } = objectOf(response.error);
    this.#need(!failed || (typeof code === "string" && typeof message === "string"), "failed without an error");
  }

  #need(holds: boolean, complaint: string): void {
    this.#complaints.need(holds, complaint);
  }
}

function envelopeComplaints(response: JsonObject): readonly string[] {
  const complaints = new Complaints();
  for (const key of REQUIRED) complaints.need(key in response, `no ${key}`);
  complaints.need(/^resp_[a-zA-Z0-9_-]+$/.test(shown(response.id)), `id ${shown(response.id)}`);
  complaints.need(response.object === "response", `object ${shown(response.object)}`);
  complaints.need(
    asCount(response.created_at) !== undefined && typeof response.model === "string",
    "no created_at, or no model",
  );
  return complaints.list;
}

/** What is wrong with usage as Responses words it: there is none, or it has all that Codex reads. */
export function responseUsageComplaints(usage: unknown): readonly string[] {
  const complaints = new Complaints();
  if (usage === null) return complaints.list;
  const given = objectOf(usage);
  const numbers = [
    given.input_tokens,
    given.output_tokens,
    given.total_tokens,
    asObject(given.input_tokens_details)?.cached_tokens,
    asObject(given.output_tokens_details)?.reasoning_tokens,
  ];
  complaints.need(
    numbers.every((number) => asCount(number) !== undefined),
    "usage without its numbers",
  );
  complaints.need(
    Number(given.input_tokens) + Number(given.output_tokens) === given.total_tokens,
    "the total is another",
  );
  return complaints.list;
}

/** What is wrong with a whole answer of Responses that did not fail. */
export function wholeResponseComplaints(response: JsonObject): readonly string[] {
  const complaints = new Complaints();
  complaints.list.push(...envelopeComplaints(response), ...responseUsageComplaints(response.usage));
  const output = listOf(response.output);
  complaints.need(
    response.status === "completed" || response.status === "incomplete",
    `status ${shown(response.status)}`,
  );
  const reason = objectOf(response.incomplete_details).reason;
  complaints.need(
    response.status === "incomplete" ? INCOMPLETE.has(shown(reason)) : response.incomplete_details === null,
    `incomplete: ${shown(reason)}`,
  );
  complaints.need(repeated(output.map(({ id }) => id)).length === 0, "two items with one id");
  const calls = output.flatMap(({ call_id: id }) => (id === undefined ? [] : [id]));
  complaints.need(repeated(calls).length === 0, "two calls with one id");
  for (const item of output)
    complaints.need(item.type !== "reasoning" || asList(item.summary) !== undefined, "no summary");
  return complaints.list;
}
