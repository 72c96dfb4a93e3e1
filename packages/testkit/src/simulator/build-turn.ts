import type { JsonObject } from "./json.ts";
import type { Block, Cut, ErrorTurn, MessageTurn, WireError } from "./turn.ts";

/** Everything about an answer but its blocks. */
export type MessageOptions = Omit<MessageTurn, "blocks">;

/** An answer of one text block. */
export function textTurn(text: string, options: MessageOptions = {}): MessageTurn {
  return { blocks: [{ type: "text", text }], ...options };
}

/** An answer that calls one tool, after a text when one is given. */
export function toolTurn(
  name: string,
  input: JsonObject = {},
  options: MessageOptions & { readonly text?: string; readonly id?: string } = {},
): MessageTurn {
  const { text, id, ...rest } = options;
  const before: Block[] = text === undefined ? [] : [{ type: "text", text }];
  return { blocks: [...before, { type: "tool_use", name, input, ...(id === undefined ? {} : { id }) }], ...rest };
}

/** An answer that thinks first: thinking with its signature, then a text. */
export function thinkingTurn(thinking: string, text: string, options: MessageOptions = {}): MessageTurn {
  return {
    blocks: [
      { type: "thinking", thinking },
      { type: "text", text },
    ],
    ...options,
  };
}

/** The usual status of each error type of Anthropic's. Source: Anthropic's API documentation, read 2026-11. */
const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The status that goes with an error type; 500 for a type of one's own. */
export function statusOfError(type: string): number {
  return STATUS_BY_TYPE[type] ?? 500;
}

/** An error instead of an answer. Default status: the usual one of the type. */
export function errorTurn(
  type: string,
  message: string,
  options: Partial<Omit<ErrorTurn["error"], "type" | "message">> = {},
): ErrorTurn {
  return { error: { status: statusOfError(type), type, message, ...options } };
}

/** A 429. `retryAfterSeconds` absent: no `retry-after` header. */
export function rateLimitTurn(retryAfterSeconds?: number): ErrorTurn {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return errorTurn("rate_limit_error", "This request would exceed your organization's rate limit.", { headers });
}

/** A 529; at OpenAI a 503. */
export function overloadedTurn(): ErrorTurn {
  return errorTurn("overloaded_error", "Overloaded");
}

/** A text answer that breaks off. */
export function cutTurn(text: string, cut: Cut, options: MessageOptions = {}): MessageTurn {
  return textTurn(text, { ...options, cut });
}

/** A text answer that ends in an error event after a number of events. */
export function brokenTurn(text: string, afterEvents: number, error: WireError): MessageTurn {
  return cutTurn(text, { by: "error", afterEvents, error });
}
