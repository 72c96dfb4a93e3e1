/** A model of the simulator, and what it takes. */
export interface SimModel {
  /** The full name, which answers carry. */
  readonly id: string;
  /** Further names it is asked for by. */
  readonly aliases: readonly string[];
  readonly displayName: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Largest `max_tokens`. */
  readonly maxTokens: number;
  /** How much of `temperature`, `top_p` and `top_k` it takes; `one` is all but the first two together. */
  readonly sampling: "none" | "one" | "all";
  /** Takes `thinking.type: "enabled"` with a budget. */
  readonly manualThinking: boolean;
  /** Takes `thinking.type: "adaptive"`. */
  readonly adaptiveThinking: boolean;
  /** Goes on from an assistant message at the end. */
  readonly prefill: boolean;
  /** Takes messages of role `system` among the others. */
  readonly systemTurns: boolean;
}

type Abilities = Omit<SimModel, "id" | "aliases" | "displayName" | "createdAt">;

const EVERYTHING: Abilities = {
  maxTokens: Number.MAX_SAFE_INTEGER,
  sampling: "all",
  manualThinking: true,
  adaptiveThinking: true,
  prefill: true,
  systemTurns: true,
};

// What each generation takes: recorded refusals, Anthropic's migration guides and reports of refusals, read 2026-11.
const OF_4_6: Abilities = { ...EVERYTHING, maxTokens: 128_000, sampling: "one", prefill: false, systemTurns: false };
const OF_4_5: Abilities = { ...OF_4_6, maxTokens: 64_000, adaptiveThinking: false, prefill: true };
const OF_4_7: Abilities = { ...OF_4_6, sampling: "none", manualThinking: false };
const OF_5: Abilities = { ...OF_4_7, systemTurns: true };

/** The models a simulator knows unless told otherwise, newest first. */
export const KNOWN_MODELS: readonly SimModel[] = [
  model("claude-fable-5-2", "Claude Fable 5.2", "2026-10-27", OF_5),
  model("claude-opus-5-5", "Claude Opus 5.5", "2026-10-21", OF_5),
  model("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-10-21", OF_5),
  model("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-21", OF_5),
  model("claude-opus-4-7", "Claude Opus 4.7", "2026-04-16", OF_4_7),
  model("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17", OF_4_6),
  model("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-01", OF_4_5, ["claude-haiku-4-5"]),
  model("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29", OF_4_5, ["claude-sonnet-4-5"]),
];

/** A model that takes everything: for names nothing is known about. */
export function permissiveModel(id: string): SimModel {
  return model(id, id, "2026-01-01", EVERYTHING);
}

function model(
  id: string,
  displayName: string,
  day: string,
  abilities: Abilities,
  aliases: readonly string[] = [],
): SimModel {
  return { id, aliases, displayName, createdAt: `${day}T00:00:00Z`, ...abilities };
}
