import { asCount, asObject, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { EventSink } from "../../neutral/event.ts";
import { argumentsText } from "./decode-turns.ts";

/** A call while its pieces come. */
interface Call {
  /** The place among the calls, for what has to be made up. */
  readonly place: number;
  id: string;
  name: string;
  kind: "function" | "custom";
  /** All arguments so far. */
  text: string;
  /** How much of the arguments was given on. */
  sent: number;
  /** The number of the part; absent until it is opened. */
  n?: number;
  closed: boolean;
}

/**
 * Puts the calls of one streamed answer together. The wire numbers them, yet in the wild the number may be missing or the same for
 * all, the id may be late, missing or another in each piece, and the name may come with every piece. A call is opened once its id
 * and name are known; it is closed when its arguments are whole JSON and something else begins, or at the end.
 */
export class StreamCalls {
  readonly #answerId: string;
  readonly #nextPart: () => number;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  #last: Call | undefined;

  /** `nextPart` gives the numbers of parts. */
  constructor(answerId: string, nextPart: () => number) {
    this.#answerId = answerId;
    this.#nextPart = nextPart;
  }

  /** Whether any call was opened. */
  get any(): boolean {
    return this.#calls.some(({ n }) => n !== undefined);
  }

  /** Takes in one entry of `tool_calls` of a delta; tells whether it said anything. */
  read(item: JsonObject, sink: EventSink): boolean {
    const { id, name, kind, text } = readPiece(item);
    if (id === "" && name === "" && text === "") return false;
    const call = this.#callOf(asCount(item.index), id, name, sink);
    if (call.closed) return true;
    if (kind === "custom") call.kind = kind;
    call.id ||= id;
    call.name ||= name;
    call.text += text;
    if (call.id !== "" && call.name !== "") this.#send(call, sink);
    return true;
  }

  /** Something else begins: calls that are whole are closed, so that it need not wait for them. */
  settle(sink: EventSink): void {
    for (const call of this.#calls) if (!call.closed && isWhole(call)) this.#close(call, sink);
  }

  /** No more comes. What is missing is made up; a call that said nothing at all is none. */
  end(sink: EventSink): void {
    for (const call of this.#calls) if (!call.closed) this.#close(call, sink);
  }

  #callOf(index: number | undefined, id: string, name: string, sink: EventSink): Call {
    const known = this.#known(index, id, name);
    if (known !== undefined && !isAnother(known, id, name)) return known;
    this.settle(sink);
    const call: Call = {
      place: this.#calls.length,
      id: "",
      name: "",
      kind: "function",
      text: "",
      sent: 0,
      closed: false,
    };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    this.#last = call;
    return call;
  }

  #known(index: number | undefined, id: string, name: string): Call | undefined {
    if (index !== undefined) return this.#byIndex.get(index) ?? (id + name === "" ? this.#last : undefined);
    if (id !== "")
      return this.#calls.find((call) => call.id === id) ?? (this.#last?.id === "" ? this.#last : undefined);
    // Without number and id, a name that follows whole arguments begins another call.
    return name !== "" && this.#last !== undefined && isWhole(this.#last) ? undefined : this.#last;
  }

  #send(call: Call, sink: EventSink): void {
    if (call.n === undefined) {
      call.n = this.#nextPart();
      sink({ type: "open", n: call.n, part: { type: "tool_call", id: call.id, name: call.name, kind: call.kind } });
    }
    if (call.text.length === call.sent) return;
    sink({ type: "delta", n: call.n, text: call.sent === 0 ? call.text : call.text.slice(call.sent) });
    call.sent = call.text.length;
  }

  #close(call: Call, sink: EventSink): void {
    call.closed = true;
    if (call.id === "") call.id = `call_${this.#answerId}_${call.place}`;
    if (call.name === "") call.name = `tool_${call.place}`;
    this.#send(call, sink);
    if (call.n !== undefined) sink({ type: "close", n: call.n });
  }
}

/** What one piece says of its call; empty where it says nothing. */
function readPiece(item: JsonObject): Pick<Call, "id" | "name" | "kind" | "text"> {
  // Snowflake sends an empty `custom` beside every function.
  const custom = item.type === "function" ? undefined : asObject(item.custom);
  const called = custom ?? asObject(item.function) ?? {};
  return {
    id: asText(item.id) ?? "",
    name: asText(called.name) ?? "",
    kind: custom !== undefined || item.type === "custom" ? "custom" : "function",
    text: argumentsText(custom === undefined ? called.arguments : custom.input),
  };
}

/** Whether a piece with that id and name cannot belong to the call: some services number all calls alike. */
function isAnother(call: Call, id: string, name: string): boolean {
  if (id === "" || name === "" || call.id === "" || call.id === id) return false;
  return call.name !== name || call.text === "" || isWhole(call);
}

/** Whether the arguments can be whole. */
function isWhole({ kind, name, text }: Call): boolean {
  if (kind === "custom" || name === "") return false;
  return text.endsWith("}") && parseObject(text) !== undefined;
}
