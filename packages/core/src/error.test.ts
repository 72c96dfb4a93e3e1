import { inspect } from "node:util";

import { describe, expect, test } from "vitest";

import { FAULTS, GatewayError } from "./error.ts";
import type { FaultCode } from "./error.ts";

/** Code, HTTP status and whether asking again may help. Programs rely on them: change them on purpose. */
const PINNED: Readonly<Record<FaultCode, readonly [status: number, retry: boolean]>> = {
  token_missing: [401, false],
  token_malformed: [401, false],
  token_expired: [401, false],
  token_unknown: [401, false],
  token_revoked: [403, false],
  scope_missing: [403, false],
  surface_not_allowed: [403, false],
  address_not_allowed: [403, false],
  rate_limited: [429, true],
  budget_exhausted: [429, false],
  limits_unavailable: [503, true],
  ledger_unavailable: [503, true],
  admin_key_required: [401, false],
  observer_required: [401, false],
  request_invalid: [400, false],
  body_not_json: [400, false],
  body_timeout: [408, true],
  body_too_large: [413, false],
  body_encoding_unsupported: [415, false],
  body_encoding_broken: [400, false],
  headers_too_large: [431, false],
  path_unknown: [404, false],
  method_not_allowed: [405, false],
  websocket_unsupported: [426, false],
  surface_disabled: [404, false],
  model_unknown: [404, false],
  thread_not_found: [404, false],
  thread_unsupported: [400, false],
  token_not_found: [404, false],
  account_not_found: [404, false],
  account_unknown: [503, false],
  account_none: [503, false],
  accounts_cooling: [503, true],
  credential_unreadable: [503, true],
  upstream_unreachable: [502, true],
  upstream_refused_credential: [502, false],
  upstream_redirected: [502, false],
  upstream_broken: [502, true],
  upstream_timeout: [504, true],
  store_unavailable: [503, true],
  shutting_down: [503, true],
  internal: [500, true],
};

/** What to do is in the one sentence, or depends on the `detail` that comes with it. */
const ONE_SENTENCE: ReadonlySet<string> = new Set([
  "admin_key_required",
  "body_not_json",
  "method_not_allowed",
  "observer_required",
  "request_invalid",
  "surface_disabled",
]);

const rows = Object.entries(FAULTS).map(([code, row]) => ({ code, ...row }));

test("codes, statuses and retries are these", () => {
  expect(Object.fromEntries(rows.map(({ code, status, retry }) => [code, [status, retry]]))).toEqual(PINNED);
});

describe.each(rows)("$code", ({ code, status, retry, message }) => {
  test("says what is wrong, and what to do, in full sentences", () => {
    const sentences = message.split(/(?<=\.) (?=[A-Z`])/);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z`].+[^.…]\.$/);
    expect(sentences.length > 1 || ONE_SENTENCE.has(code)).toBe(true);
  });

  test("holds no secret, only the shape of a token", () => {
    expect(message.replaceAll(/la_sk_(?=[…`])/g, "")).not.toMatch(/la_sk_|sk-|eyJ|Bearer [^…]/);
  });

  test("lets clients ask again only where the fault is on our side or time helps", () => {
    expect(!retry || status >= 500 || status === 408 || status === 429).toBe(true);
  });
});

describe("a GatewayError", () => {
  test("carries the row of its code", () => {
    const error = new GatewayError("model_unknown");
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "GatewayError",
      code: "model_unknown",
      status: 404,
      retry: false,
      message: "There is no such model here. `GET /v1/models` lists them.",
      headers: {},
    });
    expect(error.retryAfterSeconds).toBeUndefined();
  });

  test("says the detail after the sentence of the row", () => {
    const error = new GatewayError("body_too_large", { detail: "At most 10 bytes." });
    expect(error.message).toBe("The request body is too large. Send a smaller one. At most 10 bytes.");
  });

  test("carries when to come back, and further headers", () => {
    const error = new GatewayError("accounts_cooling", { retryAfterSeconds: 7, headers: { connection: "close" } });
    expect(error.retryAfterSeconds).toBe(7);
    expect(error.headers).toEqual({ connection: "close" });
  });

  test("names its code when it is logged", () => {
    expect(inspect(new GatewayError("shutting_down"))).toContain("code: 'shutting_down'");
  });
});
