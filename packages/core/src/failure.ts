/** What an upstream said, or did not say, when an attempt failed. */
export interface FailedAnswer {
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  /** The error's type as the upstream spells it (`overloaded_error`, `insufficient_quota`, …). */
  readonly type?: string;
  /** The error's code as the upstream spells it: Anthropic's `error.details.error_code`, OpenAI's `error.code`. */
  readonly code?: string;
  /** The error's sentence; read only where neither type nor code tells one failure from another. */
  readonly message?: string;
  /** Why there was no answer. */
  readonly transport?: "unreachable" | "timeout" | "broken";
  /** Milliseconds the upstream asked us to wait, 0 or more; absent when it named no time. */
  readonly retryAfterMs?: number;
  /** True when the upstream said that the limit is the account's own, whatever the model. */
  readonly wholeAccount?: boolean;
}

/** Whose fault a failure is: it decides who is made to wait. */
export type Blame = "caller" | "account" | "upstream";

interface FailureRow {
  readonly blame: Blame;
  /** Whether another account may succeed where this one failed. */
  readonly elsewhere: boolean;
  /**
   * When the account has to rest: `at_once` after the first failure, `on_repeat` when several in a row say that it is more
   * than an accident, `long` when only a person can mend it, `never` when the account has done nothing wrong.
   */
  readonly rest: "never" | "at_once" | "on_repeat" | "long";
  /** What rests: the account as a whole, or this model at this account. Providers count their limits by model. */
  readonly scope: "account" | "model";
}

/** Every kind of failure and what follows from it. */
export const FAILURES = {
  invalid_request: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  context_too_long: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  content_refused: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  too_large: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  not_found: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  conflict: { blame: "caller", elsewhere: false, rest: "never", scope: "account" },
  authentication: { blame: "account", elsewhere: true, rest: "long", scope: "account" },
  permission: { blame: "account", elsewhere: true, rest: "never", scope: "account" },
  billing: { blame: "account", elsewhere: true, rest: "long", scope: "account" },
  quota: { blame: "account", elsewhere: true, rest: "long", scope: "account" },
  rate_limit: { blame: "account", elsewhere: true, rest: "at_once", scope: "model" },
  overloaded: { blame: "upstream", elsewhere: true, rest: "on_repeat", scope: "model" },
  server_error: { blame: "upstream", elsewhere: true, rest: "on_repeat", scope: "account" },
  timeout: { blame: "upstream", elsewhere: true, rest: "on_repeat", scope: "account" },
  unreachable: { blame: "upstream", elsewhere: true, rest: "on_repeat", scope: "account" },
} as const satisfies Record<string, FailureRow>;

/** What went wrong, in one word. */
export type FailureKind = keyof typeof FAILURES;

/** What an upstream did wrong: a value, not an exception. */
export interface Failure {
  readonly kind: FailureKind;
  readonly blame: Blame;
  /** Whether another account may succeed. */
  readonly elsewhere: boolean;
  /** When the account has to rest for it. */
  readonly rest: FailureRow["rest"];
  /** Whether the account rests as a whole, or for this model only. */
  readonly scope: FailureRow["scope"];
  /** Milliseconds the upstream asked us to wait, 0 or more; absent when it named no time. */
  readonly retryAfterMs?: number;
}

/**
 * Types and codes by which upstreams name their errors. Anthropic: the error types of the Messages API and its SDK
 * (`@anthropic-ai/sdk` 1.12.0). OpenAI: the codes of the API and of its SDK (`openai` 7.57.0); read on 2026-11-23.
 */
const KIND_BY_NAME: Readonly<Record<string, FailureKind>> = {
  // Anthropic, error.type
  invalid_request_error: "invalid_request",
  authentication_error: "authentication",
  billing_error: "billing",
  permission_error: "permission",
  not_found_error: "not_found",
  conflict_error: "conflict",
  request_too_large: "too_large",
  rate_limit_error: "rate_limit",
  timeout_error: "timeout",
  api_error: "server_error",
  overloaded_error: "overloaded",
  // Anthropic, error.details.error_code, where it says more than type and status
  organization_on_hold: "authentication",
  claude_code_key_creator_not_member: "authentication",
  cmek_key_disabled: "permission",
  cmek_key_network_blocked: "permission",
  organization_not_enrolled_in_beta: "permission",
  linked_organization_billing_unavailable: "permission",
  linked_organization_spend_limit_reached: "permission",
  contract_spend_limit_reached: "quota",
  enforced_spend_limit_reached: "quota",
  // OpenAI, error.code, else error.type
  invalid_api_key: "authentication",
  invalid_authentication: "authentication",
  account_deactivated: "authentication",
  invalid_organization: "authentication",
  insufficient_permissions: "permission",
  unsupported_country_region_territory: "permission",
  billing_hard_limit_reached: "billing",
  billing_not_active: "billing",
  credit_balance_exhausted: "billing",
  insufficient_quota: "quota",
  usage_limit_reached: "quota",
  usage_limit_exceeded: "quota",
  organization_usage_limit_exceeded: "quota",
  organization_spend_limit_exceeded: "quota",
  project_spend_limit_exceeded: "quota",
  usage_not_included: "quota",
  rate_limit_exceeded: "rate_limit",
  requests: "rate_limit",
  tokens: "rate_limit",
  model_not_found: "not_found",
  context_length_exceeded: "context_too_long",
  // llama.cpp, error.type
  exceed_context_size_error: "context_too_long",
  string_above_max_length: "too_large",
  content_policy_violation: "content_refused",
  content_filter: "content_refused",
  image_content_policy_violation: "content_refused",
  misalignment_policy_violation: "content_refused",
  bio_policy: "content_refused",
  cyber_policy: "content_refused",
  invalid_prompt: "content_refused",
  server_is_overloaded: "overloaded",
  server_overloaded: "overloaded",
  flex_unavailable: "overloaded",
  slow_down: "overloaded",
  request_timeout: "timeout",
  vector_store_timeout: "timeout",
  internal_error: "server_error",
  server_error: "server_error",
};

const KIND_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: "authentication",
  402: "billing",
  403: "permission",
  404: "not_found",
  408: "timeout",
  409: "conflict",
  413: "too_large",
  429: "rate_limit",
  503: "overloaded",
  504: "timeout",
  529: "overloaded",
};

/**
 * Sentences that tell two failures of one type apart; Anthropic's, seen in answers up to 2026-07. Those that put an account
 * to rest must be the whole message: a field of an unknown name is refused as `<name>: Extra inputs are not permitted`, and
 * no caller may rest an account by giving a field such a name.
 */
const KIND_BY_SENTENCE: readonly { readonly among: FailureKind; readonly says: RegExp; readonly kind: FailureKind }[] =
  [
    { among: "invalid_request", says: /^Your credit balance is too low(?!.*: )/is, kind: "billing" },
    {
      among: "invalid_request",
      says: /^You have reached your specified API usage limits(?!.*: )/is,
      kind: "quota",
    },
    { among: "invalid_request", says: /^This organization has been disabled(?!.*: )/is, kind: "authentication" },
    // The call asks for more than the account's plan has; shorter calls go through.
    { among: "rate_limit", says: /extra usage is required for long context/i, kind: "permission" },
    {
      among: "invalid_request",
      says: /prompt is too long|exceed context limit|maximum context length/i,
      kind: "context_too_long",
    },
    // llama-server answers 500 to what its model or its template cannot read; seen at 0.7.0.
    {
      among: "server_error",
      says: /^(?:image|audio|video) input is not supported|^Failed to parse (?:messages|tools|tool call arguments)\b/i,
      kind: "invalid_request",
    },
  ];

const KIND_BY_TRANSPORT = { unreachable: "unreachable", timeout: "timeout", broken: "server_error" } as const;

/** Says what a failed answer was, from its transport, code, type, status and, at last, its sentence. */
export function classify(answer: FailedAnswer): Failure {
  const kind = refine(kindOf(answer), answer.message);
  const row: FailureRow = FAILURES[kind];
  return {
    kind,
    ...row,
    ...(answer.wholeAccount === true && { scope: "account" }),
    ...(answer.retryAfterMs !== undefined && { retryAfterMs: answer.retryAfterMs }),
  };
}

function kindOf(answer: FailedAnswer): FailureKind {
  if (answer.transport !== undefined) return KIND_BY_TRANSPORT[answer.transport];
  const status = answer.status ?? 500;
  const named = nameOf(answer.code) ?? nameOf(answer.type);
  // OpenAI calls everything it refuses `invalid_request_error`, a missing key and an unknown model too: the status tells.
  if (named !== undefined && (named !== "invalid_request" || status === 400)) return named;
  return KIND_BY_STATUS[status] ?? (status >= 500 ? "server_error" : "invalid_request");
}

function nameOf(name: string | undefined): FailureKind | undefined {
  return name !== undefined && Object.hasOwn(KIND_BY_NAME, name) ? KIND_BY_NAME[name] : undefined;
}

function refine(kind: FailureKind, message: string | undefined): FailureKind {
  if (message === undefined) return kind;
  return KIND_BY_SENTENCE.find((row) => row.among === kind && row.says.test(message))?.kind ?? kind;
}
