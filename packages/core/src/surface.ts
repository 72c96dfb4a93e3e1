/** The HTTP APIs that the gateway offers to programs, by the names they have in metrics and in the ledger. */
export const SURFACES = ["anthropic_messages", "openai_chat_completions", "openai_responses"] as const;

/** One of the HTTP APIs that the gateway offers to programs. */
export type Surface = (typeof SURFACES)[number];
