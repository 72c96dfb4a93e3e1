import type { DialectId } from "../dialect.ts";
import type { Capability } from "./capability.ts";
import { CAPABILITY_TABLE, DEFAULTS } from "./table.ts";
import type { CapabilityRow } from "./table.ts";

/** Which model, where. */
export interface CapabilityQuestion {
  readonly dialect: DialectId;
  readonly model: string;
  /**
   * The kind of upstream: `anthropic`, `openai`, `openrouter`, `deepseek`, `llama.cpp`, `vllm`, `ollama`; another name is one of
   * which nothing is known but its dialect. Default: the one that the dialect is named after.
   */
  readonly upstream?: string;
}

const FOUND = new Map<string, Capability>();
const MAX_FOUND = 1000;
const PATTERNS = new Map<string, RegExp>();

/** What that model takes: the defaults of its dialect, then every row that fits, then `overrides`. */
export function resolveCapability(question: CapabilityQuestion, overrides?: Partial<Capability>): Capability {
  const { dialect, model, upstream = dialect === "anthropic-messages" ? "anthropic" : "openai" } = question;
  const key = `${dialect} ${upstream} ${model}`;
  let found = FOUND.get(key);
  if (found === undefined) {
    found = { ...DEFAULTS[dialect] };
    for (const row of CAPABILITY_TABLE) if (fits(row, dialect, upstream, model)) found = { ...found, ...row.is };
    if (FOUND.size >= MAX_FOUND) FOUND.clear();
    FOUND.set(key, found);
  }
  return overrides === undefined ? found : { ...found, ...overrides };
}

function fits(row: CapabilityRow, dialect: DialectId, upstream: string, model: string): boolean {
  if (row.dialect !== dialect || (row.upstream !== undefined && row.upstream !== upstream)) return false;
  return row.models === undefined || row.models.some((pattern) => patternOf(pattern).test(model));
}

/** Names may come with a prefix, as `anthropic/claude-…` or `us.anthropic.claude-…`. */
function patternOf(pattern: string): RegExp {
  let compiled = PATTERNS.get(pattern);
  if (compiled === undefined) {
    const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*");
    compiled = new RegExp(`(?:^|[/.])${text}$`);
    PATTERNS.set(pattern, compiled);
  }
  return compiled;
}
