import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import type { SimRequest } from "../../simulator/request.ts";
import type { Rule } from "../../simulator/rule.ts";
import { chatTools, placed, responseTools, type DeclaredTool } from "../declared-tools.ts";
import type { OpenAiModel } from "../model.ts";
import type { OpenAiEndpoint } from "./endpoint.ts";

/** A request whose body is a JSON object, with the parts that rules look at laid out. */
export interface OpenAiCall {
  readonly endpoint: OpenAiEndpoint;
  readonly body: JsonObject;
  /** The model by the name that was asked for; absent when the simulator does not know it. */
  readonly model: OpenAiModel | undefined;
  readonly tools: readonly DeclaredTool[];
  /** The `messages` of Chat or the items of the `input`; a text as input is one item. */
  readonly entries: readonly Placed[];
  /** What was said up to the response that the request goes on from; none when it goes on from none, absent when that is not known. */
  readonly before: readonly JsonObject[] | undefined;
  /** The item of an earlier answer; `undefined` when the credential holds none of that id. */
  readonly storedItem: (id: string) => JsonObject | undefined;
}

/** A rule about a call. */
export type CallRule = Rule<OpenAiCall, OpenAiEndpoint>;

/** An object of the body with its place, such as `messages[1]`. */
export interface Placed {
  readonly at: string;
  readonly value: JsonObject;
}

/** What a call is looked up in. */
export interface Lookup {
  readonly model: (name: string) => OpenAiModel | undefined;
  readonly conversation: (responseId: string, credential: string | undefined) => readonly JsonObject[] | undefined;
  readonly item: (id: string, credential: string | undefined) => JsonObject | undefined;
}

/** Lays out a request; a body that is no JSON object is a `TypeError`. */
export function callOf(endpoint: OpenAiEndpoint, { body, credential }: SimRequest, lookup: Lookup): OpenAiCall {
  if (!isObject(body)) throw new TypeError("only a JSON object can be a call");
  const previous = body["previous_response_id"];
  return {
    endpoint,
    body,
    model: lookup.model(textOf(body["model"])),
    tools: endpoint === "chat" ? chatTools(body) : responseTools(body),
    entries: endpoint === "chat" ? placed(body["messages"], "messages") : itemsOf(body["input"]),
    before: previous == null ? [] : lookup.conversation(textOf(previous), credential),
    storedItem: (id) => lookup.item(id, credential),
  };
}

/** The whole conversation as items, references in place of what they stand for: what the model sees. */
export function conversationOf({ before = [], entries, storedItem }: OpenAiCall): JsonObject[] {
  const own = entries.map(({ value }) =>
    value["type"] === "item_reference" ? (storedItem(textOf(value["id"])) ?? value) : value,
  );
  return [...before, ...own];
}

/** The member at a path such as `text.format`; `undefined` when there is none. */
export function memberAt(body: JsonObject, path: string): unknown {
  return path.split(".").reduce<unknown>((holder, name) => (isObject(holder) ? holder[name] : undefined), body);
}

/** The kind of an item; an item that names none is a message. */
export function itemType({ type }: JsonObject): string {
  return textOf(type ?? "message");
}

/** The parts of what a message says or an output holds, with their places; a text has none. */
export function partsIn({ at, value }: Placed): Placed[] {
  return [...placed(value["content"], `${at}.content`), ...placed(value["output"], `${at}.output`)];
}

function itemsOf(input: unknown): Placed[] {
  if (typeof input === "string") return [{ at: "input", value: { role: "user", content: input } }];
  return placed(input, "input");
}
