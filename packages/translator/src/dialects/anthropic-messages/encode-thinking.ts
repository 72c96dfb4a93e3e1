import type { RequestScope } from "../../context.ts";
import type { Effort, NeutralRequest, Reasoning } from "../../neutral/request.ts";
import { budgetOfEffort, effortOfReasoning, nearestEffort } from "../../reasoning/effort.ts";
import type { Message } from "./encode-turns.ts";
import type { WireBlock } from "./wire.ts";

/** The least budget of thinking. */
const MIN_BUDGET = 1024;

/** How a model is asked to think. */
export interface Thinking {
  /** Absent: nothing is said of it. */
  readonly config?: WireBlock;
  readonly effort?: Effort;
}

/** Whether the model will think. */
export function isOn({ config }: Thinking): boolean {
  return config !== undefined && config.type !== "disabled";
}

/**
 * Says in Anthropic's words how hard the model should think. `forced`: some tool must be called, which most models cannot together
 * with thinking; the tool goes first, for without it the answer would have another form.
 */
export function encodeThinking(
  { reasoning }: NeutralRequest,
  maxTokens: number,
  forced: boolean,
  scope: RequestScope,
): Thinking {
  if (reasoning === undefined) return {};
  const asked = effortOfReasoning(reasoning);
  if (asked === "none") return withoutThinking(scope);
  if (asked === undefined && reasoning.mode === undefined) return {};
  const { thinking, forcedToolWithThinking } = scope.capability;
  const isAdaptive = thinking.includes("adaptive");
  if (forced && thinking.length > 0 && !forcedToolWithThinking) {
    scope.losses.note("thinking_off", "tool_choice");
    return isAdaptive ? effortOnly(asked, scope) : {};
  }
  return isAdaptive ? adaptive(reasoning, asked, scope) : budgeted(reasoning, asked, maxTokens, scope);
}

function effortOnly(asked: Effort | undefined, scope: RequestScope): Thinking {
  const effort = asked === undefined ? undefined : knownEffort(asked, scope);
  return effort === undefined ? {} : { effort };
}

/** Older models do not think unless they are told to; of the newest some cannot be told not to. */
function withoutThinking({ capability, losses }: RequestScope): Thinking {
  if (!capability.thinking.includes("adaptive")) return {};
  if (capability.thinking.includes("disabled")) return { config: { type: "disabled" } };
  const effort = nearestEffort("low", capability.efforts);
  losses.note("effort_adapted", effort);
  return effort === undefined ? {} : { effort };
}

function adaptive(reasoning: Reasoning, asked: Effort | undefined, scope: RequestScope): Thinking {
  const config = { type: "adaptive", ...displayOf(reasoning, scope) };
  return { config, ...effortOnly(asked, scope) };
}

function knownEffort(asked: Effort, { capability, losses }: RequestScope): Effort | undefined {
  const effort = nearestEffort(asked, capability.efforts);
  if (effort === undefined) losses.note("effort", asked);
  else if (effort !== asked) losses.note("effort_adapted", effort);
  return effort;
}

/** For models that think within a budget, or not at all. */
function budgeted(reasoning: Reasoning, asked: Effort | undefined, maxTokens: number, scope: RequestScope): Thinking {
  const { capability, losses } = scope;
  if (!capability.thinking.includes("enabled")) return effortOnly(asked, scope);
  const budget =
    reasoning.budgetTokens === undefined
      ? budgetOfEffort(asked ?? "medium", maxTokens)
      : clampBudget(reasoning.budgetTokens, maxTokens);
  if (budget === undefined) {
    losses.note("thinking_off", "max_tokens");
    return {};
  }
  if (budget !== reasoning.budgetTokens) losses.note("thinking_budget", String(budget));
  return { config: { type: "enabled", budget_tokens: budget, ...displayOf(reasoning, scope) } };
}

function clampBudget(budget: number, maxTokens: number): number | undefined {
  return maxTokens <= MIN_BUDGET ? undefined : Math.max(MIN_BUDGET, Math.min(maxTokens - 1, budget));
}

function displayOf({ show }: Reasoning, { capability }: RequestScope): WireBlock {
  if (show === undefined || !capability.thinkingDisplay) return {};
  return { display: show ? "summarized" : "omitted" };
}

/**
 * Thinking as the history allows it: with a budget, a model's turn that calls tools must begin with thinking when it is the first
 * since the user last spoke. Clients that do not give reasoning back have none there.
 */
export function withHistory(thinking: Thinking, messages: readonly Message[], { losses }: RequestScope): Thinking {
  if (thinking.config?.type !== "enabled" || beginsWithThinking(messages)) return thinking;
  losses.note("thinking_off", "messages");
  return thinking.effort === undefined ? {} : { effort: thinking.effort };
}

function beginsWithThinking(messages: readonly Message[]): boolean {
  const spoken = messages.findLastIndex(
    ({ role, content }) => role === "user" && content.some(({ type }) => type !== "tool_result"),
  );
  const first = messages.find(({ role }, index) => index > spoken && role === "assistant")?.content;
  if (first === undefined || !first.some(({ type }) => type === "tool_use")) return true;
  return isThinking(first[0]);
}

/** Whether a block is of thinking, readable or not. */
export function isThinking(block: WireBlock | undefined): boolean {
  return block?.type === "thinking" || block?.type === "redacted_thinking";
}
