import { asList, asString } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, listOf, objectOf } from "../laws/complaints.ts";
import type { Complaints } from "../laws/complaints.ts";

/** A family of events that carry a text: its name, and the field that holds the whole text at the end. */
interface TextEvents {
  readonly name: string;
  readonly whole: string;
  /** Whether it belongs to a part, of the content or of the summary, that is opened before. */
  readonly inPart?: "content" | "summary";
}

const FAMILIES: readonly TextEvents[] = [
  { name: "response.output_text", whole: "text", inPart: "content" },
  { name: "response.refusal", whole: "refusal", inPart: "content" },
  { name: "response.reasoning_text", whole: "text", inPart: "content" },
  { name: "response.reasoning_summary_text", whole: "text", inPart: "summary" },
  { name: "response.function_call_arguments", whole: "arguments" },
  { name: "response.custom_tool_call_input", whole: "input" },
];

/** Which events an item takes. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  message: ["response.output_text", "response.refusal"],
  reasoning: ["response.reasoning_text", "response.reasoning_summary_text"],
  function_call: ["response.function_call_arguments"],
  custom_tool_call: ["response.custom_tool_call_input"],
};
const WEB_SEARCH = ["in_progress", "searching", "completed"].map((stage) => `response.web_search_call.${stage}`);

/** One item of a streamed response from its beginning to its end. */
export class ItemState {
  readonly #item: JsonObject;
  readonly #index: number;
  readonly #complaints: Complaints;
  readonly #texts: { content: string[]; summary: string[] } = { content: [], summary: [] };
  #part: "content" | "summary" | undefined;
  /** What was streamed of the text that is open, and whether it has ended. */
  #text = "";
  #textEnded = false;
  #stages = 0;
  #annotations = 0;

  constructor(item: JsonObject, index: number, complaints: Complaints) {
    this.#item = item;
    this.#index = index;
    this.#complaints = complaints;
    this.#begin();
  }

  #begin(): void {
    const { id, type, role, content, summary, name, call_id: callId } = this.#item;
    this.#need(asString(id) !== undefined && id !== "", "an item without an id");
    const isEmpty = (list: unknown): boolean => asList(list)?.length === 0;
    if (type === "message") this.#need(role === "assistant" && isEmpty(content), "a message that begins otherwise");
    if (type === "reasoning") this.#need(isEmpty(summary), "reasoning that begins otherwise");
    if (type !== "function_call" && type !== "custom_tool_call") return;
    const text = type === "function_call" ? this.#item.arguments : this.#item.input;
    this.#need(text === "" && isFilled(name) && isFilled(callId), "a call that begins otherwise");
  }

  read(type: string, event: JsonObject): void {
    this.#need(
      event.item_id === this.#item.id,
      `${type}: item ${shown(event.item_id)} in place of ${shown(this.#item.id)}`,
    );
    this.#need(event.output_index === this.#index, `${type}: output_index ${shown(event.output_index)}`);
    if (WEB_SEARCH.includes(type)) this.#need(WEB_SEARCH[this.#stages++] === type, `${type} out of order`);
    else if (type === "response.content_part.added") this.#openPart("content", event);
    else if (type === "response.reasoning_summary_part.added") this.#openPart("summary", event);
    else if (type === "response.content_part.done") this.#closePart("content", event);
    else if (type === "response.reasoning_summary_part.done") this.#closePart("summary", event);
    else if (type === "response.output_text.annotation.added")
      this.#need(
        event.annotation_index === this.#annotations++ && this.#part === "content",
        "an annotation out of order",
      );
    else this.#readText(type, event);
  }

  #openPart(kind: "content" | "summary", event: JsonObject): void {
    this.#need(this.#part === undefined, "two parts are open");
    this.#need(event[`${kind}_index`] === this.#texts[kind].length, `part ${shown(event[`${kind}_index`])}`);
    this.#part = kind;
    this.#text = "";
    this.#textEnded = false;
    this.#annotations = 0;
    const { text, refusal } = objectOf(event.part);
    this.#need(text === "" || refusal === "", "a part that begins with text");
  }

  #closePart(kind: "content" | "summary", event: JsonObject): void {
    this.#need(this.#part === kind && this.#textEnded, "a part that ends before its text");
    this.#need(event[`${kind}_index`] === this.#texts[kind].length, `the end of part ${shown(event[`${kind}_index`])}`);
    const { text, refusal, annotations } = objectOf(event.part);
    this.#need((text ?? refusal) === this.#text, "a part that ends with another text");
    this.#need(
      annotations === undefined || asList(annotations)?.length === this.#annotations,
      "other annotations than were added",
    );
    this.#texts[kind].push(this.#text);
    this.#part = undefined;
  }

  #readText(type: string, event: JsonObject): void {
    const family = FAMILIES.find(({ name }) => type === `${name}.delta` || type === `${name}.done`);
    if (family === undefined) return this.#need(false, `unknown event ${type}`);
    const { name, whole, inPart } = family;
    this.#need(TAKES[shown(this.#item.type)]?.includes(name) === true, `${type} in ${shown(this.#item.type)}`);
    this.#need(this.#part === inPart, `${type} outside its part`);
    if (inPart !== undefined)
      this.#need(event[`${inPart}_index`] === this.#texts[inPart].length, `${type}: ${inPart}_index`);
    this.#need(!this.#textEnded, `${type} after the text ended`);
    if (type.endsWith(".delta")) {
      this.#need(isFilled(event.delta), `${type} without text`);
      this.#text += shown(event.delta);
    } else {
      this.#textEnded = true;
      this.#need(event[whole] === this.#text, `${type}: another text than was streamed`);
    }
  }

  /** The item as it is when it has ended. */
  end(item: JsonObject): void {
    const type = shown(this.#item.type);
    for (const key of ["id", "type", "role", "name", "call_id", "namespace"])
      this.#need(item[key] === this.#item[key], `${key} of an item changes`);
    this.#need(this.#part === undefined, "an item that ends while a part is open");
    if (type === "message")
      this.#sameTexts(
        "content",
        listOf(item.content).map(({ text, refusal }) => text ?? refusal),
      );
    if (type === "reasoning") {
      this.#sameTexts(
        "summary",
        listOf(item.summary).map(({ text }) => text),
      );
      this.#sameTexts(
        "content",
        listOf(item.content).map(({ text }) => text),
      );
    }
    if (type === "function_call" || type === "custom_tool_call") {
      this.#need(this.#textEnded, "a call that ends before its arguments");
      this.#need((item.arguments ?? item.input) === this.#text, "a call that ends with other arguments");
    }
    if (type === "web_search_call") this.#need(this.#stages === WEB_SEARCH.length, "a web search without its stages");
  }

  #sameTexts(kind: "content" | "summary", texts: readonly unknown[]): void {
    this.#need(JSON.stringify(texts) === JSON.stringify(this.#texts[kind]), `an item that ends with other ${kind}`);
  }

  #need(holds: boolean, complaint: string): void {
    this.#complaints.need(holds, complaint);
  }
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
