/**
 * What went wrong, in no dialect's own words. The rows say how each dialect's clients know it: the status, Anthropic's `type`,
 * and OpenAI's `type` and `code`. Types of `@anthropic-ai/sdk` 1.12.0 and `openai` 7.57.0; what Codex does with codes from its
 * source; read on 2026-11-23.
 */
export const ERROR_KINDS = {
  bad_request: {
    anthropic: [400, "invalid_request_error"],
    openai: [400, "invalid_request_error", null],
    event: "invalid_prompt",
  },
  context_length: {
    anthropic: [400, "invalid_request_error"],
    openai: [400, "invalid_request_error", "context_length_exceeded"],
    event: "context_length_exceeded",
  },
  authentication: {
    anthropic: [401, "authentication_error"],
    openai: [401, "invalid_request_error", "invalid_api_key"],
    event: "server_error",
  },
  billing: {
    anthropic: [402, "billing_error"],
    openai: [429, "insufficient_quota", "insufficient_quota"],
    event: "insufficient_quota",
  },
  permission: {
    anthropic: [403, "permission_error"],
    openai: [403, "invalid_request_error", "permission_denied"],
    event: "server_error",
  },
  model_not_found: {
    anthropic: [404, "not_found_error"],
    openai: [404, "invalid_request_error", "model_not_found"],
    event: "server_error",
  },
  not_found: {
    anthropic: [404, "not_found_error"],
    openai: [404, "invalid_request_error", null],
    event: "server_error",
  },
  conflict: { anthropic: [409, "conflict_error"], openai: [409, "invalid_request_error", null], event: "server_error" },
  too_large: {
    anthropic: [413, "request_too_large"],
    openai: [413, "invalid_request_error", "request_too_large"],
    event: "server_error",
  },
  unprocessable: {
    anthropic: [400, "invalid_request_error"],
    openai: [422, "invalid_request_error", null],
    event: "invalid_prompt",
  },
  rate_limit: {
    anthropic: [429, "rate_limit_error"],
    openai: [429, "rate_limit_error", "rate_limit_exceeded"],
    event: "rate_limit_exceeded",
  },
  overloaded: {
    anthropic: [529, "overloaded_error"],
    openai: [503, "server_error", "server_is_overloaded"],
    // Codex gives up at an overload that it is told of within a stream, and asks again after this.
    event: "server_error",
  },
  timeout: { anthropic: [504, "timeout_error"], openai: [504, "server_error", "timeout"], event: "server_error" },
  server: { anthropic: [500, "api_error"], openai: [500, "server_error", "server_error"], event: "server_error" },
  bad_gateway: { anthropic: [502, "api_error"], openai: [502, "server_error", "bad_gateway"], event: "server_error" },
  unavailable: { anthropic: [503, "api_error"], openai: [503, "server_error", null], event: "server_error" },
  content_policy: {
    anthropic: [400, "invalid_request_error"],
    openai: [400, "invalid_request_error", "content_policy_violation"],
    event: "invalid_prompt",
  },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly anthropic: readonly [status: number, type: string];
  readonly openai: readonly [status: number, type: string, code: string | null];
  /** The code inside a `response.failed` event, which Codex decides by. */
  readonly event: string;
}

/** What kind of error it is. */
export type ErrorKind = keyof typeof ERROR_KINDS;

/** An error of an upstream or of the translation, in no dialect's own words. */
export interface NeutralError {
  readonly kind: ErrorKind;
  /** The sentence for people, at most 4,096 UTF-16 units; in the upstream's own words where it had any. */
  readonly message: string;
  /** The upstream's own finer code, where it had one. */
  readonly code?: string;
  /** The field of the request that is at fault, as the client's dialect names it. */
  readonly param?: string;
  /** The upstream's id of the request. */
  readonly requestId?: string;
}
