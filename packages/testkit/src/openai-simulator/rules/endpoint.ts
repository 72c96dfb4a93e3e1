/** What the API offers; each rule says on which of it it applies. */
export type OpenAiEndpoint = "chat" | "responses" | "input_tokens" | "models";

/** Everything that takes a conversation. */
export const CONVERSATIONS: readonly OpenAiEndpoint[] = ["chat", "responses", "input_tokens"];
/** What takes a conversation as a list of messages. */
export const CHAT: readonly OpenAiEndpoint[] = ["chat"];
/** What takes a conversation as a list of items. */
export const RESPONSES: readonly OpenAiEndpoint[] = ["responses", "input_tokens"];
