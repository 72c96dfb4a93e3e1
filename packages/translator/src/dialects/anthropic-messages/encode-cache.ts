import type { CacheMark } from "../../neutral/part.ts";
import type { CacheWishes } from "../../neutral/request.ts";
import type { RequestScope } from "../../context.ts";
import type { WireBlock } from "./wire.ts";

/** Anthropic takes four marks, and refuses an hour's after one of five minutes. */
const MAX_MARKS = 4;
const MAX_MESSAGE_MARKS = 3;
const HOUR = "1h";

interface Marked {
  readonly block: WireBlock;
  readonly ttl: string | undefined;
}

/** Gathers the places up to which the prompt is to be cached, in the order of the prompt: tools, system, messages. */
export class CacheMarks {
  readonly #marked: Marked[] = [];
  /** How many marks stand before the messages. */
  #head = 0;

  /** Asks for a mark on a block, and gives the block. Blank text takes none. */
  mark(block: WireBlock, cache: CacheMark | undefined): WireBlock {
    if (cache !== undefined && !(typeof block.text === "string" && block.text.trim() === "")) {
      this.#marked.push({ block, ttl: lifetime(cache) });
    }
    return block;
  }

  /** Says that what comes now are the messages. */
  startMessages(): void {
    this.#head = this.#marked.length;
  }

  /** Sets the marks: of too many the last one before the messages and the last ones in them; without any, one for the whole prompt. */
  settle(body: WireBlock, wishes: CacheWishes | undefined, { capability, losses }: RequestScope): void {
    if (!capability.cacheMarks) return;
    const auto = wishes?.auto ?? (this.#marked.length === 0 && capability.autoCache ? {} : undefined);
    const kept = this.#kept(auto === undefined ? MAX_MARKS : MAX_MARKS - 1);
    if (kept.length < this.#marked.length) losses.note("cache_marks_count");
    if (auto !== undefined) kept.push({ block: body, ttl: lifetime(auto) });
    setMarks(kept);
  }

  #kept(most: number): Marked[] {
    if (this.#marked.length <= most) return [...this.#marked];
    const inMessages = this.#marked.length - this.#head;
    const fromMessages = Math.min(inMessages, this.#head === 0 ? most : Math.min(MAX_MESSAGE_MARKS, most - 1));
    const fromHead = Math.min(this.#head, most - fromMessages);
    return [
      ...this.#marked.slice(this.#head - fromHead, this.#head),
      ...this.#marked.slice(this.#marked.length - fromMessages),
    ];
  }
}

/** Once a mark is of five minutes, all later ones are. */
function setMarks(marks: readonly Marked[]): void {
  let short = false;
  for (const { block, ttl } of marks) {
    short ||= ttl !== HOUR;
    const said = short && ttl === HOUR ? undefined : ttl;
    block.cache_control = said === undefined ? { type: "ephemeral" } : { type: "ephemeral", ttl: said };
  }
}

/** OpenAI's lifetimes, 30 minutes and 12 hours, are both more than five minutes; what is not known is taken for the default. */
function lifetime({ ttl }: CacheMark): string | undefined {
  if (ttl === undefined || ttl === "5m") return ttl;
  return ttl === HOUR || ttl === "30m" || ttl === "12h" || ttl === "24h" ? HOUR : undefined;
}
