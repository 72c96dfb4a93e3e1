import type { EventSink, StreamEvent } from "./event.ts";

type PartEvent = Extract<StreamEvent, { n: number }>;

/** A part that is not the first open one waits here. */
interface Waiting {
  /** The decoder's number. */
  readonly n: number;
  readonly events: PartEvent[];
  closed: boolean;
}

/**
 * Lets one part of an answer through at a time, numbered 0, 1, 2 in the order of their opening; what belongs to others waits until it is
 * their turn. Whatever is open when the answer finishes is closed; parts and usage do not get through after the finish, nothing does
 * after the end; a start or a finish that is missing is made up. Waiting text is bounded by what the upstream sends; a host bounds that.
 */
export class Serialiser {
  readonly #sink: EventSink;
  /** In the order of their opening. */
  readonly #waiting = new Set<Waiting>();
  /** Those of them that are not closed, by the decoder's number; it may be used again. */
  readonly #open = new Map<number, Waiting>();
  /** The decoder's number of the part that is let through. */
  #floor: number | undefined;
  #next = 0;
  #started = false;
  #finished = false;
  #over = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Takes the next event of a decoder. */
  write(event: StreamEvent): void {
    if (this.#over) return;
    if (event.type === "start") this.#start(event);
    else if (event.type === "error") {
      this.#over = true;
      this.#sink(event);
    } else {
      this.#start({ type: "start" });
      if (event.type === "end") {
        this.#end(event);
      } else if (!this.#finished) this.#writeOpen(event);
    }
  }

  #start(event: StreamEvent): void {
    if (this.#started) return;
    this.#started = true;
    this.#sink(event);
  }

  #end(event: StreamEvent): void {
    this.#finish({ type: "finish", finish: { kind: "other" } });
    this.#over = true;
    this.#sink(event);
  }

  #finish(event: StreamEvent): void {
    if (this.#finished) return;
    this.#finished = true;
    while (this.#floor !== undefined) this.#yield();
    this.#sink(event);
  }

  #writeOpen(event: Exclude<StreamEvent, { type: "start" | "end" | "error" }>): void {
    if (event.type === "usage") this.#sink(event);
    else if (event.type === "finish") this.#finish(event);
    else this.#writePart(event);
  }

  #writePart(event: PartEvent): void {
    if (event.n === this.#floor) {
      if (event.type === "close") this.#yield();
      else if (event.type !== "open") this.#sink(numbered(event, this.#next - 1));
      return;
    }
    const waiting = this.#open.get(event.n);
    if (event.type === "open") {
      if (waiting === undefined) this.#openPart(event);
    } else if (waiting !== undefined) {
      if (event.type === "close") {
        waiting.closed = true;
        this.#open.delete(event.n);
      } else waiting.events.push(event);
    }
  }

  #openPart(event: PartEvent): void {
    if (this.#floor === undefined) {
      this.#floor = event.n;
      this.#sink(numbered(event, this.#next++));
      return;
    }
    const waiting = { n: event.n, events: [event], closed: false };
    this.#waiting.add(waiting);
    this.#open.set(event.n, waiting);
  }

  /** Ends the part that has the floor and gives it to the next. */
  #yield(): void {
    this.#sink({ type: "close", n: this.#next - 1 });
    this.#floor = undefined;
    for (const part of this.#waiting) {
      this.#waiting.delete(part);
      const number = this.#next++;
      for (const event of part.events) this.#sink(numbered(event, number));
      if (!part.closed) {
        this.#open.delete(part.n);
        this.#floor = part.n;
        return;
      }
      this.#sink({ type: "close", n: number });
    }
  }
}

/** The event with that number; mostly it has it already. */
function numbered(event: PartEvent, n: number): PartEvent {
  return event.n === n ? event : { ...event, n };
}
