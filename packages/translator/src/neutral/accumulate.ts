import type { Usage } from "@link-assistant/core";

import { TranslationError } from "../translation-error.ts";
import type { NeutralError } from "./error.ts";
import type { OpenedPart, StreamEvent } from "./event.ts";
import type { Citation, Part, Seal } from "./part.ts";
import type { Finish, NeutralResponse } from "./response.ts";

/** A part while its pieces come. */
interface Growing {
  readonly opened: OpenedPart;
  /** One for each section. */
  texts: string[];
  seal?: Seal;
  readonly citations: Citation[];
}

/** Folds the events of a streamed answer, one part at a time, into the whole answer. */
export class Accumulator {
  #id: string | undefined;
  #model: string | undefined;
  #usage: Usage = {};
  #tier: string | undefined;
  #finish: Finish = { kind: "other" };
  #error: NeutralError | undefined;
  #ended = false;
  readonly #parts: Growing[] = [];

  /** Takes the next event. */
  write(event: StreamEvent): void {
    if (event.type === "open") this.#parts.push({ opened: event.part, texts: [], citations: [] });
    else if ("n" in event) this.#grow(event);
    else if (event.type === "start") ({ id: this.#id, model: this.#model, usage: this.#usage = {} } = event);
    else if (event.type === "usage") ({ usage: this.#usage, tier: this.#tier = this.#tier } = event);
    else if (event.type === "finish") this.#finish = event.finish;
    else if (event.type === "error") this.#error = event.error;
    else this.#ended = true;
  }

  /** The whole answer. Throws a `TranslationError` when it broke off. */
  get response(): NeutralResponse {
    if (this.#error !== undefined) throw new TranslationError(this.#error.kind, this.#error.message, this.#error);
    if (!this.#ended) throw new TranslationError("bad_gateway", "The upstream's stream ended early.");
    return {
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#model !== undefined && { model: this.#model }),
      parts: this.#parts.map(partOf),
      finish: this.#finish,
      usage: this.#usage,
      ...(this.#tier !== undefined && { tier: this.#tier }),
    };
  }

  #grow(event: Exclude<Extract<StreamEvent, { n: number }>, { type: "open" }>): void {
    const part = this.#parts[event.n];
    if (part === undefined || event.type === "close") return;
    if (event.type === "delta") part.texts.push((part.texts.pop() ?? "") + event.text);
    else if (event.type === "section") part.texts.push(...(part.texts.length === 0 ? ["", ""] : [""]));
    else if (event.type === "seal") part.seal = event.seal;
    else part.citations.push(event.citation);
  }
}

function partOf({ opened, texts, seal, citations }: Growing): Part {
  const text = texts.join("");
  switch (opened.type) {
    case "text":
      return { ...opened, text, ...(citations.length > 0 && { citations }) };
    case "refusal":
      return { type: "refusal", text };
    case "reasoning":
      return { ...opened, texts, ...(seal !== undefined && { seal }) };
    case "tool_call":
      return { ...opened, arguments: text };
    default:
      return opened;
  }
}
