import type { Part } from "./part.ts";
import type { Turn } from "./request.ts";

/**
 * Gives every call of a conversation an id of its own: Chat Completions lets a later round use an id again, the others do not. A later
 * call is renamed together with its result, by nothing but what came before it. Of several results for calls that shared an id within a
 * turn each call gets one, in order.
 */
export function withUniqueCalls(turns: readonly Turn[]): readonly Turn[] {
  const taken = new Set<string>();
  let calls = 0;
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.type !== "tool_call") continue;
      taken.add(part.id);
      calls++;
    }
  }
  if (taken.size === calls) return turns;
  const seen = new Set<string>();
  let round = new Map<string, string[]>();
  return turns.map((turn) => {
    if (turn.parts.some(({ type }) => type === "tool_call")) round = new Map();
    return { ...turn, parts: turn.parts.map((part) => renamed(part, round, seen, taken)) };
  });
}

/** `round` holds the new ids of the calls of this round by those that the client gave them. */
function renamed(part: Part, round: Map<string, string[]>, seen: Set<string>, taken: Set<string>): Part {
  if (part.type === "tool_call") {
    const id = seen.has(part.id) ? freeId(part.id, taken) : part.id;
    seen.add(part.id);
    round.set(part.id, [...(round.get(part.id) ?? []), id]);
    return { ...part, id };
  }
  if (part.type !== "tool_result") return part;
  const waiting = round.get(part.callId);
  if (waiting === undefined) return part;
  const [callId = part.callId] = waiting;
  if (waiting.length > 1) waiting.shift();
  return { ...part, callId };
}

function freeId(id: string, taken: Set<string>): string {
  let count = 2;
  while (taken.has(`${id}_r${count}`)) count++;
  taken.add(`${id}_r${count}`);
  return `${id}_r${count}`;
}
