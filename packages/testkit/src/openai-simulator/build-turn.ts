import { errorTurn } from "../simulator/build-turn.ts";
import type { ErrorTurn } from "../simulator/turn.ts";
import type { OpenAiDialect } from "./start-openai-simulator.ts";

/** How each dialect says that a prompt is too long. Source: reports of refusals, read 2026-11. */
const TOO_LONG: Readonly<Record<OpenAiDialect, (tokens: number, limit: number) => readonly [string, string]>> = {
  "openai-chat": (tokens, limit) => [
    "messages",
    `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
  ],
  "openai-responses": () => [
    "input",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  ],
};

/** A 400 that says the prompt is too long for the model. */
export function contextLengthTurn(dialect: OpenAiDialect, tokens = 130_000, limit = 128_000): ErrorTurn {
  const [param, message] = TOO_LONG[dialect](tokens, limit);
  return errorTurn("invalid_request_error", message, { code: "context_length_exceeded", param });
}
