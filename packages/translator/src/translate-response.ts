import type { Usage } from "@link-assistant/core";

import type { TranslationContext } from "./context.ts";
import type { JsonObject } from "./json.ts";
import type { Loss } from "./loss.ts";
import { Accumulator } from "./neutral/accumulate.ts";
import { replay } from "./neutral/replay.ts";
import type { Finish, NeutralResponse } from "./neutral/response.ts";
import { parseJsonBody, withinDepth } from "./parse-body.ts";
import type { Body } from "./parse-body.ts";
import { dialectOf } from "./registry.ts";
import { StreamTranslator } from "./stream-translator.ts";
import type { StreamTranslatorOptions } from "./stream-translator.ts";
import { restoreResponse } from "./tools/restore.ts";

/** A whole answer for the client. */
export interface TranslatedResponse {
  readonly body: JsonObject;
  /** The body as JSON. */
  readonly text: string;
  /** What the upstream said and the client's dialect cannot. */
  readonly losses: readonly Loss[];
  /** Tokens as the upstream reported them. */
  readonly usage: Usage;
  /** Why the model stopped. */
  readonly finish: Finish;
  /** The model that answered, by the upstream's name. */
  readonly model?: string;
}

/** A whole answer as a stream. */
export interface StreamedResponse extends Pick<TranslatedResponse, "text" | "losses" | "usage" | "finish" | "model"> {}

/**
 * Translates a whole answer of the upstream. Throws a `TranslationError` when it is none, when it failed, or when it holds an error in
 * spite of its status; answers with a status from 400 on are for `translateError`.
 */
export function translateResponse(body: Body, context: TranslationContext): TranslatedResponse {
  const parsed = parseJsonBody(body, "bad_gateway");
  return withinDepth("bad_gateway", () =>
    encoded(dialectOf(context.upstream).decodeResponse(parsed, context), context),
  );
}

/** Translates a whole answer for a client that asked for a stream: the text of the stream. Throws as `translateResponse` does. */
export function streamResponse(body: Body, context: TranslationContext): StreamedResponse {
  const parsed = parseJsonBody(body, "bad_gateway");
  return withinDepth("bad_gateway", () => {
    const encoder = dialectOf(context.client).encodeStream(context);
    const response = dialectOf(context.upstream).decodeResponse(parsed, context);
    let text = "";
    replay(restoreResponse(response, context), (event) => {
      text += encoder.write(event);
    });
    const { usage, finish, model } = response;
    return { text, losses: context.losses.list, usage, finish, ...(model !== undefined && { model }) };
  });
}

/** Gathers a streamed answer for a client that wants it whole. */
export class StreamCollector {
  readonly #context: TranslationContext;
  readonly #accumulator = new Accumulator();
  readonly #stream: StreamTranslator;

  constructor(context: TranslationContext, options: StreamTranslatorOptions = {}) {
    this.#context = context;
    this.#stream = new StreamTranslator(context, options, {
      write: (event) => {
        this.#accumulator.write(event);
        return "";
      },
    });
  }

  /** Tokens as reported by now. */
  get usage(): Usage {
    return this.#stream.usage;
  }

  /** The model that answers, by the upstream's name; absent when it was not said by now. */
  get model(): string | undefined {
    return this.#stream.model;
  }

  /** Takes in the next bytes, split anywhere. */
  push(chunk: Uint8Array): void {
    this.#stream.push(chunk);
  }

  /** The whole answer. Throws a `TranslationError` when the stream broke off. */
  end(): TranslatedResponse {
    this.#stream.end();
    // Tools are the client's own already: the stream has restored them.
    return withinDepth("bad_gateway", () => encodedAsIs(this.#accumulator.response, this.#context));
  }
}

function encoded(response: NeutralResponse, context: TranslationContext): TranslatedResponse {
  return encodedAsIs(restoreResponse(response, context), context);
}

function encodedAsIs(response: NeutralResponse, context: TranslationContext): TranslatedResponse {
  const body = dialectOf(context.client).encodeResponse(response, context);
  const { usage, finish, model } = response;
  const said = { losses: context.losses.list, usage, finish, ...(model !== undefined && { model }) };
  return { body, text: JSON.stringify(body), ...said };
}
