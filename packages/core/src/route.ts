import { hashOf, rendezvousScore } from "./affinity.ts";
import type { FailureKind } from "./failure.ts";

/** Where a call for a model may go. */
export interface Candidate {
  /** The name of an upstream. */
  readonly upstream: string;
  /** The model's name there. */
  readonly model: string;
  /** Its share of the sessions; absent: it has its place in the order. */
  readonly weight?: number | undefined;
  /** Failures after which the next candidate is tried; absent: those that another account may not have. */
  readonly fallbackOn?: readonly FailureKind[] | undefined;
}

/** One rule: models whose name fits go to these upstreams, the first that has an account first. */
export interface RouteRule {
  /** A model's name, with `*` for any letters. */
  readonly model: string;
  readonly to: readonly RouteTarget[];
  /** Failures after which the next upstream is tried; absent: those that another account may not have. */
  readonly fallbackOn?: readonly FailureKind[] | undefined;
}

/** Where a rule leads. */
export interface RouteTarget {
  /** The name of an upstream; one without an account is passed over. */
  readonly upstream: string;
  /** The model's name there; absent: the one that was asked for. */
  readonly model?: string | undefined;
  /** Its share of the sessions, where every target of the rule has one; absent: they are tried in order. */
  readonly weight?: number | undefined;
}

/** An upstream as far as routes are concerned. */
export interface RoutedUpstream {
  readonly name: string;
  /** The models it serves, as patterns. */
  readonly models: readonly string[];
}

/**
 * Aliases that came with the original: programs that know OpenAI's names only reach Claude's tiers, unless there is an account at
 * OpenAI itself.
 */
export const DEFAULT_ROUTES: readonly RouteRule[] = [
  ...alias("claude-haiku-4-5", [
    "gpt-4o-mini*",
    "gpt-4.1-mini*",
    "gpt-4.1-nano*",
    "gpt-3.5*",
    "gpt-5-mini*",
    "gpt-5-nano*",
  ]),
  ...alias("claude-opus-5-5", ["o1*", "o3*", "gpt-5-pro*"]),
  ...alias("claude-sonnet-5-5", ["gpt-4*", "gpt-5*", "gpt-6*", "o4*", "codex*", "chatgpt-*"]),
];

function alias(model: string, names: readonly string[]): readonly RouteRule[] {
  return names.map((name) => ({ model: name, to: [{ upstream: "openai" }, { upstream: "anthropic", model }] }));
}

const MAX_REMEMBERED = 1000;
const MAX_MODEL_CHARS = 256;

/** Finds for a model the upstreams to try, in order: by the first rule that fits, else by what the upstreams serve. */
export class RouteTable {
  readonly #rules: readonly (readonly [RegExp, RouteRule])[];
  readonly #upstreams: readonly (readonly [string, readonly RegExp[]])[];
  readonly #known = new Map<string, readonly Candidate[]>();

  /** @param upstreams those that have an account, in the order of preference. */
  constructor(rules: readonly RouteRule[], upstreams: readonly RoutedUpstream[]) {
    const names = new Set(upstreams.map(({ name }) => name));
    this.#rules = rules
      .map((rule) => ({ ...rule, to: rule.to.filter(({ upstream }) => names.has(upstream)) }))
      .filter(({ to }) => to.length > 0)
      .map((rule) => [patternOf(rule.model), rule] as const);
    this.#upstreams = upstreams.map(({ name, models }) => [name, models.map(patternOf)]);
  }

  /** The upstreams to try for this model, in order; none when no rule and no upstream knows it. */
  candidates(model: string): readonly Candidate[] {
    let known = this.#known.get(model);
    if (known === undefined) {
      known = this.#find(model);
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      if (model.length <= MAX_MODEL_CHARS) this.#known.set(model, known);
    }
    return known;
  }

  #find(model: string): readonly Candidate[] {
    const rule = this.#rules.find(([pattern]) => pattern.test(model));
    if (rule !== undefined) return candidatesOf(rule[1], model);
    return this.#upstreams
      .filter(([, patterns]) => patterns.some((pattern) => pattern.test(model)))
      .map(([upstream]) => ({ upstream, model }));
  }
}

function candidatesOf({ to, fallbackOn }: RouteRule, model: string): readonly Candidate[] {
  const isWeighted = to.every(({ weight }) => weight !== undefined);
  return to.map((target) => ({
    upstream: target.upstream,
    model: target.model ?? model,
    ...(isWeighted && { weight: target.weight }),
    ...(fallbackOn !== undefined && { fallbackOn }),
  }));
}

/** The candidates in the order in which this session tries them: as they stand, or where they have weights, by those. */
export function orderedFor(candidates: readonly Candidate[], session: string): readonly Candidate[] {
  if (candidates.length < 2 || candidates[0]?.weight === undefined) return candidates;
  const hash = hashOf(session);
  return candidates
    .map((candidate) => {
      const { upstream, model, weight = 1 } = candidate;
      return { candidate, score: rendezvousScore(hash, hashOf(`${upstream}/${model}`), weight) };
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate);
}

const PATTERNS = new Map<string, RegExp>();

/** Whether a model's name fits a pattern with `*` for any letters. */
export function modelMatches(pattern: string, model: string): boolean {
  let compiled = PATTERNS.get(pattern);
  if (compiled === undefined) {
    compiled = patternOf(pattern);
    if (PATTERNS.size >= MAX_REMEMBERED) PATTERNS.clear();
    PATTERNS.set(pattern, compiled);
  }
  return compiled.test(model);
}

function patternOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*")}$`, "s");
}
