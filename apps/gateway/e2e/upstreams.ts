import type { Usage } from "@link-assistant/core";
import { sealReasoning, signThinking } from "@link-assistant/testkit";

import type { HarnessUpstream } from "../src/testing/harness.ts";

/** What the gateway stands in front of. */
export interface E2eUpstream {
  /** As it is shown. */
  readonly name: string;
  readonly kind: HarnessUpstream;
  /** How many events of an answer that says a word and calls a tool are surely within the call. */
  readonly eventsIntoCall: number;
  /** What proves that a thought has come back; absent where thoughts must not come back. */
  readonly seal?: (thought: string) => string;
  /** Figures that every answer names. */
  readonly named: Usage;
  /** What an answer that breaks off has told of its cost. */
  readonly toldBeforeEnd: (usage: Usage) => Usage;
}

const NAMED_BY_OPENAI: Usage = { cacheRead: 0, cacheWrite: 0, reasoning: 0 };

/** All upstreams. */
export const UPSTREAMS: readonly E2eUpstream[] = [
  {
    name: "Anthropic",
    kind: "anthropic",
    eventsIntoCall: 6,
    seal: signThinking,
    named: {},
    // The prompt at the beginning, the answer to its last token at the end.
    toldBeforeEnd: (usage) => ({ ...usage, output: 0 }),
  },
  {
    name: "OpenAI",
    kind: "openai",
    eventsIntoCall: 10,
    seal: sealReasoning,
    named: NAMED_BY_OPENAI,
    toldBeforeEnd: () => ({}),
  },
  { name: "Chat only", kind: "local", eventsIntoCall: 5, named: NAMED_BY_OPENAI, toldBeforeEnd: () => ({}) },
];
