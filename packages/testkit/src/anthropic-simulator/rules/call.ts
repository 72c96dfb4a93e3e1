import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import type { SimModel } from "../model.ts";
import type { SimRequest } from "../../simulator/request.ts";

/** A request whose body is a JSON object, with the parts that rules look at laid out. */
export interface Call {
  readonly body: JsonObject;
  /** The value of `anthropic-version`. */
  readonly version: string;
  /** The values of `anthropic-beta`. */
  readonly betas: readonly string[];
  /** The model by the name that was asked for; absent when the simulator does not know it. */
  readonly model: SimModel | undefined;
  readonly messages: readonly CallMessage[];
  /** Neighbours of one role as one, without the system messages among them: what the model sees as turns. */
  readonly turns: readonly CallTurn[];
  /** Whether the credential of this call holds a thread that ends with the message. */
  readonly holdsThread: (messageId: string) => boolean;
}

/** One of the `messages`. */
export interface CallMessage {
  readonly index: number;
  readonly role: unknown;
  readonly fields: JsonObject;
  /** The content as blocks: a text is one text block, the empty text none. */
  readonly blocks: readonly JsonObject[];
}

/** What one side says before the other speaks. */
export interface CallTurn {
  readonly role: unknown;
  /** Each block with its place, such as `messages.1.content.0`. */
  readonly blocks: readonly { readonly at: string; readonly block: JsonObject }[];
  /** The place of its first message. */
  readonly at: string;
}

/** What a call is looked up in. */
export interface Lookup {
  /** The model that a name stands for; `undefined` when the simulator knows none. */
  readonly model: (name: string) => SimModel | undefined;
  /** Whether the credential holds a thread that ends with the message. */
  readonly holdsThread: (messageId: string, credential: string | undefined) => boolean;
}

/** Lays out a request; a body that is no JSON object is a `TypeError`. */
export function callOf(request: SimRequest, lookup: Lookup): Call {
  const { body, headers, credential } = request;
  if (!isObject(body)) throw new TypeError("only a JSON object can be a call");
  const messages = messagesOf(body);
  return {
    body,
    version: String(headers["anthropic-version"]),
    betas: textOf(headers["anthropic-beta"])
      .split(",")
      .map((beta) => beta.trim()),
    model: lookup.model(textOf(body["model"])),
    messages,
    turns: turnsOf(messages),
    holdsThread: (messageId) => lookup.holdsThread(messageId, credential),
  };
}

function messagesOf(body: JsonObject): CallMessage[] {
  const messages: readonly unknown[] = Array.isArray(body["messages"]) ? body["messages"] : [];
  return messages.map((message, index) => {
    const fields = isObject(message) ? message : {};
    return { index, role: fields["role"], fields, blocks: blocksOf(fields["content"]) };
  });
}

function blocksOf(content: unknown): JsonObject[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const list: readonly unknown[] = Array.isArray(content) ? content : [];
  return list.map((block) => (isObject(block) ? block : {}));
}

function turnsOf(messages: readonly CallMessage[]): CallTurn[] {
  const turns: CallTurn[] = [];
  for (const { index, role, blocks } of messages) {
    if (role === "system") continue;
    const at = `messages.${index}`;
    const placed = blocks.map((block, position) => ({ at: `${at}.content.${position}`, block }));
    const last = turns.at(-1);
    if (last !== undefined && last.role === role) turns.splice(-1, 1, { ...last, blocks: [...last.blocks, ...placed] });
    else turns.push({ role, at, blocks: placed });
  }
  return turns;
}
