import { EFFORTS } from "../neutral/request.ts";
import type { Effort, Reasoning } from "../neutral/request.ts";

/** Budgets of thinking from which on an effort is meant. */
const HIGH_BUDGET = 16_384;
const MEDIUM_BUDGET = 4096;
/** The least budget that Anthropic takes. */
const MIN_BUDGET = 1024;

/** The part of the output that an effort is worth where thinking has a budget. */
const SHARES: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0,
  low: 0.1,
  medium: 0.3,
  high: 0.6,
  xhigh: 0.9,
  max: 0.9,
};

/** The effort of those that a model knows which is nearest to the one asked for, the lower of two; undefined when it knows none. */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort | undefined {
  if (known.includes(asked)) return asked;
  const at = EFFORTS.indexOf(asked);
  const below = EFFORTS.slice(0, at).findLast((effort) => known.includes(effort) && effort !== "none");
  return below ?? EFFORTS.slice(at + 1).find((effort) => known.includes(effort));
}

/** How hard a client wants the model to think; undefined when it leaves that to the model. Off wins over an effort, an effort over a budget. */
export function effortOfReasoning({ effort, mode, budgetTokens }: Reasoning): Effort | undefined {
  if (mode === "disabled") return "none";
  if (effort !== undefined || mode !== "enabled" || budgetTokens === undefined) return effort;
  if (budgetTokens >= HIGH_BUDGET) return "high";
  return budgetTokens >= MEDIUM_BUDGET ? "medium" : "low";
}

/** The budget that an effort is worth within that many output tokens; undefined: no thinking, because of the effort or for want of tokens. */
export function budgetOfEffort(effort: Effort, maxTokens: number): number | undefined {
  if (effort === "none" || maxTokens <= MIN_BUDGET) return undefined;
  return Math.max(MIN_BUDGET, Math.min(maxTokens - 1, Math.floor(maxTokens * SHARES[effort])));
}
