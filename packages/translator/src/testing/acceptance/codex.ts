import { asCount, asList, asObject, asString, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { SseReader } from "../../sse/parse.ts";
import { shown } from "../laws/complaints.ts";

/*
 * How Codex reads a streamed answer, written anew after its source (`codex-rs/codex-api/src/sse/responses.rs`) and what Codex 0.169.0
 * did with answers that lacked something; read on 2026-11-23.
 */

/** What Codex has after a stream. */
export interface CodexTurn {
  /** The items that enter its history. */
  readonly history: readonly JsonObject[];
  /** Tokens as it shows them; absent when there was no usage. */
  readonly usage?: {
    readonly input: number;
    readonly cached: number;
    readonly output: number;
    readonly reasoning: number;
    readonly total: number;
  };
  readonly end:
    | { readonly type: "completed"; readonly endTurn?: boolean }
    /** It asks again. */
    | { readonly type: "retry"; readonly reason: string }
    /** The turn fails; the user sees why. */
    | { readonly type: "failed"; readonly code: string };
  /** What went by without harm, or with text missing from the screen. */
  readonly complaints: readonly string[];
}

/** Codes that end the turn; after any other Codex asks again. */
const FATAL = new Set([
  "context_length_exceeded",
  "insufficient_quota",
  "usage_not_included",
  "cyber_policy",
  "invalid_prompt",
  "server_is_overloaded",
  "slow_down",
]);
const CALL_FIELDS: Readonly<Record<string, readonly string[]>> = {
  function_call: ["name", "arguments", "call_id"],
  custom_tool_call: ["name", "input", "call_id"],
};

/** Reads a stream as Codex does. */
export function readAsCodex(sse: string): CodexTurn {
  const reader = new SseReader();
  const bytes = new TextEncoder().encode(sse);
  const state = new Reading();
  for (const { data } of [...reader.push(bytes), ...reader.end()]) {
    const event = parseObject(data);
    if (event === undefined) state.complaints.push("a frame that is no JSON object");
    else state.read(event);
    if (state.end !== undefined) break;
  }
  const {
    history,
    usage,
    complaints,
    end = { type: "retry", reason: "stream closed before response.completed" },
  } = state;
  return { history, ...(usage !== undefined && { usage }), end, complaints };
}

class Reading {
  readonly history: JsonObject[] = [];
  readonly complaints: string[] = [];
  usage: CodexTurn["usage"];
  end: CodexTurn["end"] | undefined;
  /** Whether an item is being shown. */
  #active = false;

  read(event: JsonObject): void {
    const response = asObject(event.response);
    switch (event.type) {
      case "response.created":
        if (response === undefined) this.complaints.push("response.created without a response");
        break;
      case "response.output_item.added":
        this.#active = isReadable(event.item);
        if (!this.#active) this.complaints.push("an added item that cannot be read");
        break;
      case "response.output_item.done":
        this.#keep(event.item);
        break;
      case "response.completed":
        this.#complete(response);
        break;
      case "response.incomplete":
        this.end = { type: "retry", reason: `incomplete: ${shown(asObject(response?.incomplete_details)?.reason)}` };
        break;
      case "response.failed":
        this.#fail(asObject(response?.error));
        break;
      default:
        this.#readDelta(shown(event.type));
    }
  }

  #readDelta(type: string): void {
    const isShown = type === "response.output_text.delta" || type.startsWith("response.reasoning_");
    if (isShown && type.endsWith(".delta") && !this.#active) this.complaints.push(`${type} without an active item`);
  }

  #keep(item: unknown): void {
    this.#active = false;
    const object = asObject(item);
    if (object !== undefined && isReadable(object)) this.history.push(object);
    else this.complaints.push("a done item that cannot be read");
  }

  #complete(response: JsonObject | undefined): void {
    const endTurn = response?.end_turn;
    const usage =
      response?.usage === undefined || response.usage === null ? undefined : usageOf(asObject(response.usage));
    if (asString(response?.id) === undefined || usage === null) {
      // Codex cannot read the event, so the stream ends without it.
      this.complaints.push("response.completed cannot be read");
      return;
    }
    this.usage = usage;
    this.end = { type: "completed", ...(typeof endTurn === "boolean" && { endTurn }) };
  }

  #fail(error: JsonObject | undefined): void {
    const code = shown(error?.code);
    this.end = FATAL.has(code) ? { type: "failed", code } : { type: "retry", reason: code };
  }
}

/** Whether Codex can read an item; kinds it does not know it keeps without a look. */
function isReadable(item: unknown): boolean {
  const object = asObject(item);
  if (object === undefined) return false;
  if (object.type === "message") return asString(object.role) !== undefined && asList(object.content) !== undefined;
  if (object.type === "reasoning") return asList(object.summary) !== undefined;
  const fields = CALL_FIELDS[shown(object.type)] ?? [];
  return typeof object.type === "string" && fields.every((field) => typeof object[field] === "string");
}

/** Null when Codex cannot read it. */
function usageOf(usage: JsonObject | undefined): NonNullable<CodexTurn["usage"]> | null {
  const [input, output, total] = [usage?.input_tokens, usage?.output_tokens, usage?.total_tokens].map(asCount);
  const cached = detail(usage?.input_tokens_details, "cached_tokens");
  const reasoning = detail(usage?.output_tokens_details, "reasoning_tokens");
  if (input === undefined || output === undefined || total === undefined) return null;
  return cached === null || reasoning === null ? null : { input, cached, output, reasoning, total };
}

function detail(details: unknown, field: string): number | null {
  if (details === undefined || details === null) return 0;
  return asCount(asObject(details)?.[field]) ?? null;
}
