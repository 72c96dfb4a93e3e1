/** A model of the OpenAI simulator, and what it takes. */
export interface OpenAiModel {
  /** The full name, which answers carry. */
  readonly id: string;
  /** Further names it is asked for by. */
  readonly aliases: readonly string[];
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly ownedBy: string;
  /** Largest limit of an answer. */
  readonly maxOutputTokens: number;
  /** The fields of Chat that limit an answer. */
  readonly limitFields: readonly LimitField[];
  /** The reasoning efforts it takes; none when it does not reason. */
  readonly efforts: readonly string[];
  /** The effort of a request that names none; `none` when it does not reason. */
  readonly defaultEffort: string;
  /** Whether its reasoning is shown as text and not sealed in `encrypted_content`. */
  readonly openReasoning: boolean;
  /** Whether it takes `temperature`, `top_p` and the like always, or only with the effort `none`. */
  readonly sampling: "always" | "without reasoning";
  /** Takes `stop` in Chat. */
  readonly stop: boolean;
  /** Takes a verbosity other than `medium`. */
  readonly verbosity: boolean;
  /** Takes messages of the role `developer`. */
  readonly developerRole: boolean;
  /** Takes the content of messages in Chat only as text, not as a list of parts. */
  readonly onlyText: boolean;
  /** Takes pictures in tool messages of Chat. */
  readonly toolPictures: boolean;
  /** Takes fields that nobody knows, as many servers of open models do. */
  readonly openFields: boolean;
}

/** A field of Chat that limits an answer. */
export type LimitField = "max_tokens" | "max_completion_tokens";

type Abilities = Omit<OpenAiModel, "id" | "aliases" | "createdAt" | "ownedBy">;

const EVERYTHING: Abilities = {
  maxOutputTokens: Number.MAX_SAFE_INTEGER,
  limitFields: ["max_tokens", "max_completion_tokens"],
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
  defaultEffort: "none",
  openReasoning: false,
  sampling: "always",
  stop: true,
  verbosity: true,
  developerRole: true,
  onlyText: false,
  toolPictures: true,
  openFields: false,
};

// What each family takes: recorded requests and refusals of 2025 and 2026, OpenAI's model pages, reports of refusals, read 2026-11.
const GPT_4: Abilities = {
  ...EVERYTHING,
  maxOutputTokens: 32_768,
  efforts: [],
  verbosity: false,
  toolPictures: false,
};
const REASONING: Abilities = {
  ...EVERYTHING,
  maxOutputTokens: 128_000,
  limitFields: ["max_completion_tokens"],
  efforts: ["none", "low", "medium", "high", "xhigh"],
  defaultEffort: "medium",
  sampling: "without reasoning",
  stop: false,
  toolPictures: false,
};
const GPT_6: Abilities = { ...REASONING, efforts: [...REASONING.efforts, "max"] };
const GPT_5: Abilities = { ...REASONING, efforts: ["minimal", "low", "medium", "high"] };
const O_SERIES: Abilities = {
  ...REASONING,
  maxOutputTokens: 100_000,
  efforts: ["low", "medium", "high"],
  verbosity: false,
};
/** A server of an open model: no parts, no developer, only the older limit, and whatever else one sends. */
const LOCAL: Abilities = {
  ...EVERYTHING,
  maxOutputTokens: 32_768,
  limitFields: ["max_tokens"],
  efforts: ["low", "medium", "high"],
  defaultEffort: "medium",
  openReasoning: true,
  developerRole: false,
  onlyText: true,
  openFields: true,
};

/** The models an OpenAI simulator knows unless told otherwise, newest first. */
export const KNOWN_OPENAI_MODELS: readonly OpenAiModel[] = [
  model("gpt-6.1-sol", "2026-10-20", GPT_6),
  model("gpt-6-sol", "2026-09-01", GPT_6),
  model("gpt-5.5-2026-04-23", "2026-04-23", REASONING, ["gpt-5.5"]),
  model("gpt-5.4-2026-03-05", "2026-03-05", { ...REASONING, defaultEffort: "none" }, ["gpt-5.4"]),
  model("gpt-5-2025-08-07", "2025-08-07", GPT_5, ["gpt-5"]),
  model("gpt-5-mini-2025-08-07", "2025-08-07", GPT_5, ["gpt-5-mini"]),
  model("o4-mini-2025-04-16", "2025-04-16", O_SERIES, ["o4-mini"]),
  model("gpt-4.1-2025-04-14", "2025-04-14", GPT_4, ["gpt-4.1"]),
  model("gpt-4.1-mini-2025-04-14", "2025-04-14", GPT_4, ["gpt-4.1-mini"]),
  model("gpt-4o-2024-08-06", "2024-08-06", { ...GPT_4, maxOutputTokens: 16_384 }, ["gpt-4o"]),
  model("gpt-4o-mini-2024-07-18", "2024-07-18", { ...GPT_4, maxOutputTokens: 16_384 }, ["gpt-4o-mini"]),
  { ...model("local", "2026-01-01", LOCAL), ownedBy: "local" },
];

/** A model that takes everything: for names nothing is known about. */
export function permissiveOpenAiModel(id: string): OpenAiModel {
  return model(id, "2026-01-01", EVERYTHING);
}

function model(id: string, day: string, abilities: Abilities, aliases: readonly string[] = []): OpenAiModel {
  return { id, aliases, createdAt: Date.parse(day) / 1000, ownedBy: "openai", ...abilities };
}
