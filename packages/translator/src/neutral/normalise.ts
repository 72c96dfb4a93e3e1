import type { LossLog } from "../loss.ts";
import type { Part, ToolCallPart, ToolResultPart } from "./part.ts";
import type { Turn } from "./request.ts";
import { withUniqueCalls } from "./unique-calls.ts";

// Neutral words: whether the tool ran is not known, for the history may have been cut.
const NO_RESULT = "[no result was recorded for this tool call; it may or may not have run]";

/**
 * Pairs tool calls and results as every dialect wants them: a turn with calls is followed at once by a user turn that begins with the
 * results of just those calls, in their order; the rest of the user's words come after, then what the operator said in between.
 * Of several results for a call the last is kept, a missing one is made up, one without its call becomes text. A turn with calls that
 * ends the conversation is left as it is. An id that is used again is made another one.
 */
export function pairToolResults(given: readonly Turn[], losses: LossLog): readonly Turn[] {
  if (!given.some(({ parts }) => parts.some(isToolPart))) return given;
  const turns = withUniqueCalls(joinedCalls(given));
  const paired: Turn[] = [];
  const settled = new Set<string>();
  for (let at = 0; at < turns.length;) {
    const turn = turns[at++];
    if (turn === undefined) break;
    const calls = turn.role === "assistant" ? turn.parts.filter(isCall) : [];
    if (calls.length === 0) {
      pushTurn(paired, orphansAsText(turn, settled, losses));
      continue;
    }
    paired.push(turn);
    const end = roundEnd(turns, at);
    if (at < turns.length) paired.push(...pairedRound(calls, turns.slice(at, end), settled, losses));
    for (const { id } of calls) settled.add(id);
    at = end;
  }
  return paired;
}

/** Turns of the model that come right after one with calls belong to it: some clients send each of several calls on its own. */
function joinedCalls(turns: readonly Turn[]): readonly Turn[] {
  const joined: Turn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (turn.role === "assistant" && last?.role === "assistant" && last.parts.some(isCall)) {
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] };
    } else joined.push(turn);
  }
  return joined;
}

/** Where the next turn of the model is that says anything. */
function roundEnd(turns: readonly Turn[], from: number): number {
  let end = from;
  while (end < turns.length && !(turns[end]?.role === "assistant" && (turns[end]?.parts.length ?? 0) > 0)) end++;
  return end;
}

function pairedRound(
  calls: readonly ToolCallPart[],
  between: readonly Turn[],
  settled: ReadonlySet<string>,
  losses: LossLog,
): readonly Turn[] {
  const ids = new Set(calls.map(({ id }) => id));
  const results = new Map<string, ToolResultPart>();
  const rest: Part[] = [];
  const system: Turn[] = [];
  for (const turn of between) {
    if (turn.role === "system") system.push(turn);
    else for (const part of turn.parts) takePart(part, { ids, results, rest, settled, losses });
  }
  const inOrder = calls.map((call) => results.get(call.id) ?? missingResult(call, losses));
  return [{ role: "user", parts: [...inOrder, ...rest] }, ...system];
}

interface Round {
  readonly ids: ReadonlySet<string>;
  readonly results: Map<string, ToolResultPart>;
  readonly rest: Part[];
  /** Ids of calls of earlier rounds. */
  readonly settled: ReadonlySet<string>;
  readonly losses: LossLog;
}

function takePart(part: Part, { ids, results, rest, settled, losses }: Round): void {
  if (part.type !== "tool_result") rest.push(part);
  else if (ids.has(part.callId)) {
    if (results.has(part.callId)) losses.note("tool_result_duplicate", part.callId);
    results.set(part.callId, part);
  } else rest.push(...orphanAsText(part, settled, losses));
}

function missingResult({ id, kind }: ToolCallPart, losses: LossLog): ToolResultPart {
  losses.note("tool_result_missing", id);
  return { type: "tool_result", callId: id, kind, isError: true, parts: [{ type: "text", text: NO_RESULT }] };
}

function orphansAsText(turn: Turn, settled: ReadonlySet<string>, losses: LossLog): Turn {
  if (!turn.parts.some((part) => part.type === "tool_result")) return turn;
  const parts = turn.parts.flatMap((part) =>
    part.type === "tool_result" ? orphanAsText(part, settled, losses) : [part],
  );
  return { ...turn, parts };
}

/**
 * A result whose call is not there, as it remains when a client cuts its history: text if it says anything. One for a call of an
 * earlier round comes too late, for that has its result.
 */
function orphanAsText(
  { callId, parts }: ToolResultPart,
  settled: ReadonlySet<string>,
  losses: LossLog,
): readonly Part[] {
  if (settled.has(callId)) {
    losses.note("tool_result_late", callId);
    return [];
  }
  losses.note("tool_result_orphan", callId);
  const isEmpty = parts.every((part) => part.type === "text" && part.text.trim() === "");
  return isEmpty ? [] : [{ type: "text", text: `Tool result (${callId}):` }, ...parts];
}

function pushTurn(turns: Turn[], turn: Turn): void {
  if (turn.parts.length > 0 || turn.role === "assistant") turns.push(turn);
}

function isToolPart({ type }: Part): boolean {
  return type === "tool_call" || type === "tool_result";
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === "tool_call";
}
