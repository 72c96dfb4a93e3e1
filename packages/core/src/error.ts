/**
 * Every way the gateway answers in its own name: the HTTP status and the sentence that says what to do. A surface gives
 * the answer its own error shape. `retry: false` tells clients that asking again cannot help (`x-should-retry: false`).
 */
export const FAULTS = {
  token_missing: {
    status: 401,
    retry: false,
    message: "No router token. Send it as `Authorization: Bearer la_sk_…` or as `x-api-key: la_sk_…`.",
  },
  token_malformed: {
    status: 401,
    retry: false,
    message:
      "This is not a router token of this gateway. Use a token that starts with `la_sk_` and that was issued here.",
  },
  token_expired: {
    status: 401,
    retry: false,
    message: "This router token has expired. Ask the operator of the gateway for a new one.",
  },
  token_unknown: {
    status: 401,
    retry: false,
    message: "This router token is not known here. Ask the operator of the gateway to issue or to import it.",
  },
  token_revoked: {
    status: 403,
    retry: false,
    message: "This router token was revoked. Ask the operator of the gateway for a new one.",
  },
  scope_missing: {
    status: 403,
    retry: false,
    message: "This router token may not do this. Ask the operator of the gateway for a token with the right scope.",
  },
  surface_not_allowed: {
    status: 403,
    retry: false,
    message: "This router token may not call this API. Ask the operator of the gateway for one that may.",
  },
  address_not_allowed: {
    status: 403,
    retry: false,
    message: "This router token is not taken from your address. Ask the operator of the gateway for one that is.",
  },
  rate_limited: {
    status: 429,
    retry: true,
    message: "This router token has reached one of its limits. Try again after the time in `retry-after`.",
  },
  budget_exhausted: {
    status: 429,
    retry: false,
    message: "This router token has used up what it was given. Ask the operator of the gateway for more.",
  },
  limits_unavailable: {
    status: 503,
    retry: true,
    message: "The gateway cannot count the limits of this router token at the moment. Try again.",
  },
  ledger_unavailable: {
    status: 503,
    retry: true,
    message: "The gateway cannot write its ledger at the moment, so it takes no calls. Try again.",
  },
  admin_key_required: {
    status: 401,
    retry: false,
    message: "This needs the admin key, sent as `Authorization: Bearer …`.",
  },
  observer_required: {
    status: 401,
    retry: false,
    message: "This needs the admin key or a router token of scope `observe`, sent as `Authorization: Bearer …`.",
  },
  request_invalid: { status: 400, retry: false, message: "The request is not valid." },
  body_not_json: { status: 400, retry: false, message: "The request body is not a JSON object." },
  body_timeout: { status: 408, retry: true, message: "The request body did not arrive in time. Send it again." },
  body_too_large: { status: 413, retry: false, message: "The request body is too large. Send a smaller one." },
  body_encoding_unsupported: {
    status: 415,
    retry: false,
    message:
      "The request body is compressed in a way that is not known here. Send it as `gzip`, `deflate`, `br` or `zstd`, or as it is.",
  },
  body_encoding_broken: {
    status: 400,
    retry: false,
    message: "The request body is not what its `content-encoding` says. Send it whole, or as it is.",
  },
  headers_too_large: {
    status: 431,
    retry: false,
    message: "The request headers are too large. Send fewer or shorter ones.",
  },
  path_unknown: {
    status: 404,
    retry: false,
    message: "There is nothing at this path. Programs call `/v1/messages`; `/v1/models` lists what may be asked.",
  },
  method_not_allowed: { status: 405, retry: false, message: "This path does not take this method." },
  websocket_unsupported: {
    status: 426,
    retry: false,
    message: "This gateway does not speak websocket. Use HTTP and server-sent events.",
  },
  surface_disabled: {
    status: 404,
    retry: false,
    message: "The operator of this gateway has switched this API off.",
  },
  model_unknown: { status: 404, retry: false, message: "There is no such model here. `GET /v1/models` lists them." },
  thread_not_found: {
    status: 404,
    retry: false,
    message: "This message thread is not known here. Send the whole conversation with a new thread.",
  },
  thread_unsupported: {
    status: 400,
    retry: false,
    message: "The upstream of this model keeps no message threads. Send the whole conversation without a thread.",
  },
  token_not_found: {
    status: 404,
    retry: false,
    message: "There is no router token of this id. `GET /api/tokens/list` lists them.",
  },
  account_not_found: {
    status: 404,
    retry: false,
    message: "There is no account of this name. `GET /v1/accounts` lists them.",
  },
  account_unknown: {
    status: 503,
    retry: false,
    message: "The account that this router token is bound to is not configured. Tell the operator of the gateway.",
  },
  account_none: {
    status: 503,
    retry: false,
    message: "No account is configured for this call. Tell the operator of the gateway.",
  },
  accounts_cooling: {
    status: 503,
    retry: true,
    message: "Every account for this call is cooling down. Try again after the time in `retry-after`.",
  },
  credential_unreadable: {
    status: 503,
    retry: true,
    message: "The account's credential cannot be read. Tell the operator of the gateway.",
  },
  upstream_unreachable: { status: 502, retry: true, message: "The upstream could not be reached. Try again." },
  upstream_refused_credential: {
    status: 502,
    retry: false,
    message: "The upstream does not accept the gateway's own credential. Tell the operator of the gateway.",
  },
  upstream_redirected: {
    status: 502,
    retry: false,
    message: "The upstream answered with a redirect, which is never followed. Tell the operator to check its base URL.",
  },
  upstream_broken: { status: 502, retry: true, message: "The upstream broke off its answer. Try again." },
  upstream_timeout: { status: 504, retry: true, message: "The upstream did not answer in time. Try again." },
  store_unavailable: {
    status: 503,
    retry: true,
    message: "The gateway's store did not take the change, so nothing was changed. Try again.",
  },
  shutting_down: { status: 503, retry: true, message: "The gateway is shutting down. Try again." },
  internal: { status: 500, retry: true, message: "The gateway failed. Its log has the reason under this request id." },
} as const satisfies Record<string, FaultRow>;

interface FaultRow {
  readonly status: number;
  readonly retry: boolean;
  readonly message: string;
}

/** The code of a fault: stable, for programs. */
export type FaultCode = keyof typeof FAULTS;

/** What a fault may carry beside its row. */
export interface FaultDetails {
  /** Said after the row's sentence: which field, which limit. Never a secret, never a word of the prompt. */
  readonly detail?: string;
  /** Seconds after which asking again makes sense; sent as `retry-after`. */
  readonly retryAfterSeconds?: number;
  /** Further response headers, lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that the gateway gives in its own name; anything else that is thrown is a bug. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  /** The row of the table. */
  readonly code: FaultCode;
  /** HTTP status. */
  readonly status: number;
  /** Whether asking again may help. */
  readonly retry: boolean;
  /** Seconds for `retry-after`; absent when there is nothing to wait for. */
  readonly retryAfterSeconds: number | undefined;
  /** Further response headers, lower-case names; empty when there are none. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param details what the answer says beside the row of its code; default nothing. */
  constructor(code: FaultCode, details: FaultDetails = {}) {
    const row = FAULTS[code];
    super(details.detail === undefined ? row.message : `${row.message} ${details.detail}`);
    this.code = code;
    this.status = row.status;
    this.retry = row.retry;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.headers = details.headers ?? {};
  }
}
