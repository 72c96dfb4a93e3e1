/** What the API offers; each rule says on which of it it applies. */
export type AnthropicEndpoint = "messages" | "count_tokens" | "models";

/** Both endpoints that take a conversation. */
export const CONVERSATIONS: readonly AnthropicEndpoint[] = ["messages", "count_tokens"];
