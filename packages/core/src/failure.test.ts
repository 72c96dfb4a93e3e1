import * as fc from "fast-check";
import { listRecordings, readRecording, recordingsAvailable } from "@link-assistant/testkit";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { FAILURES, classify } from "./failure.ts";
import type { FailedAnswer, Failure, FailureKind } from "./failure.ts";
import { KINDS } from "./testing/failures.ts";

/** What follows from each kind: whose fault, whether another account is tried, when the account rests. */
const CONSEQUENCES: Readonly<Record<FailureKind, readonly [Failure["blame"], boolean, Failure["rest"]]>> = {
  invalid_request: ["caller", false, "never"],
  context_too_long: ["caller", false, "never"],
  content_refused: ["caller", false, "never"],
  too_large: ["caller", false, "never"],
  not_found: ["caller", false, "never"],
  conflict: ["caller", false, "never"],
  authentication: ["account", true, "long"],
  permission: ["account", true, "never"],
  billing: ["account", true, "long"],
  quota: ["account", true, "long"],
  rate_limit: ["account", true, "at_once"],
  overloaded: ["upstream", true, "on_repeat"],
  server_error: ["upstream", true, "on_repeat"],
  timeout: ["upstream", true, "on_repeat"],
  unreachable: ["upstream", true, "on_repeat"],
};

test("what follows from each kind; change it on purpose", () => {
  const rows = Object.entries(FAILURES).map(([kind, row]) => [kind, [row.blame, row.elsewhere, row.rest]]);
  expect(Object.fromEntries(rows)).toEqual(CONSEQUENCES);
});

/** One row: status, `error.type`, `error.code`; and the kind. */
type Row = readonly [status: number, type: string | null, code: string | null, kind: FailureKind];

/** The types of `ErrorType` of `@anthropic-ai/sdk` 1.12.0 with the statuses of their classes, and `request_too_large` of the API. */
const ANTHROPIC_TYPES: readonly Row[] = [
  [400, "invalid_request_error", null, "invalid_request"],
  [401, "authentication_error", null, "authentication"],
  [402, "billing_error", null, "billing"],
  [403, "permission_error", null, "permission"],
  [404, "not_found_error", null, "not_found"],
  [409, "conflict_error", null, "conflict"],
  [409, "memory_path_conflict_error", null, "conflict"],
  [412, "memory_precondition_failed_error", null, "invalid_request"],
  [413, "request_too_large", null, "too_large"],
  [413, "invalid_request_error", null, "too_large"],
  [422, "invalid_request_error", null, "invalid_request"],
  [429, "rate_limit_error", null, "rate_limit"],
  [500, "api_error", null, "server_error"],
  [504, "timeout_error", null, "timeout"],
  [529, "overloaded_error", null, "overloaded"],
  // Events of a stream that began with 200.
  [200, "overloaded_error", null, "overloaded"],
  [200, "api_error", null, "server_error"],
  [200, "rate_limit_error", null, "rate_limit"],
  [200, "invalid_request_error", null, "invalid_request"],
];

/** `error.details.error_code` of the same SDK: all codes that a call of messages can meet. */
const ANTHROPIC_CODES: readonly Row[] = [
  ...[
    "available_tools_limit_exceeded",
    "claude_code_version_too_old",
    "compaction_block_ambiguous",
    "compaction_block_misplaced",
    "compaction_content_mismatch",
    "compaction_incomplete_turn",
    "compaction_nothing_to_summarize",
    "compaction_signature_invalid",
    "compaction_too_many_tool_references",
    "compaction_tool_changes_mismatch",
    "image_dimensions_too_large",
    "request_body_encoding_invalid",
    "request_body_encoding_unsupported",
    "thread_already_continued",
    "thread_continue_in_flight",
    "thread_fingerprint_mismatch",
    "thread_unsupported_request",
    "tool_name_conflict",
    "tool_reference_unresolved",
    "unsupported_charset",
    "user_profile_not_found",
    "user_profile_required",
  ].map((code): Row => [400, "invalid_request_error", code, "invalid_request"]),
  [400, "invalid_request_error", "claude_code_key_creator_not_member", "authentication"],
  [400, "invalid_request_error", "organization_on_hold", "authentication"],
  [400, "invalid_request_error", "cmek_key_disabled", "permission"],
  [400, "invalid_request_error", "cmek_key_network_blocked", "permission"],
  [400, "invalid_request_error", "organization_not_enrolled_in_beta", "permission"],
  // The user profile is the call's, and so are its bills.
  [402, "billing_error", "linked_organization_billing_unavailable", "permission"],
  [402, "billing_error", "linked_organization_spend_limit_reached", "permission"],
  [403, "permission_error", "sandbox_egress_restricted", "permission"],
  [403, "permission_error", "user_profile_billing_not_authorized", "permission"],
  [403, "permission_error", "user_profile_not_billable", "permission"],
  [404, "not_found_error", "thread_not_found", "not_found"],
  [413, "request_too_large", "request_body_too_large_after_decoding", "too_large"],
  [429, "rate_limit_error", "contract_spend_limit_reached", "quota"],
  [429, "rate_limit_error", "enforced_spend_limit_reached", "quota"],
  [429, "rate_limit_error", "ramp_limit_exceeded", "rate_limit"],
  [503, "api_error", "cmek_context_unavailable", "server_error"],
  [503, "api_error", "cmek_key_unreachable", "server_error"],
  [529, "overloaded_error", "compaction_unavailable", "overloaded"],
];

/** By status, as the classes of `openai` 7.57.0, with the codes that the API sends. */
const OPENAI_CODES: readonly Row[] = [
  [400, "invalid_request_error", null, "invalid_request"],
  [400, "invalid_request_error", "unsupported_parameter", "invalid_request"],
  [400, "invalid_request_error", "context_length_exceeded", "context_too_long"],
  [400, "invalid_request_error", "string_above_max_length", "too_large"],
  [400, "invalid_request_error", "content_policy_violation", "content_refused"],
  [400, "invalid_request_error", "content_filter", "content_refused"],
  [400, "invalid_request_error", "invalid_prompt", "content_refused"],
  [400, "invalid_request_error", "cyber_policy", "content_refused"],
  [400, "invalid_request_error", "model_not_found", "not_found"],
  [400, "billing_limit_user_error", "billing_hard_limit_reached", "billing"],
  [401, "invalid_request_error", null, "authentication"],
  [401, "invalid_request_error", "invalid_api_key", "authentication"],
  [401, "invalid_request_error", "invalid_authentication", "authentication"],
  [401, "invalid_request_error", "invalid_organization", "authentication"],
  [401, "invalid_request_error", "account_deactivated", "authentication"],
  [403, "invalid_request_error", null, "permission"],
  [403, "insufficient_permissions", null, "permission"],
  [403, "request_forbidden", "unsupported_country_region_territory", "permission"],
  [404, "invalid_request_error", null, "not_found"],
  [404, "invalid_request_error", "model_not_found", "not_found"],
  [409, "invalid_request_error", null, "conflict"],
  [413, "invalid_request_error", null, "too_large"],
  [422, "invalid_request_error", null, "invalid_request"],
  [429, "insufficient_quota", "insufficient_quota", "quota"],
  [429, "usage_limit_reached", null, "quota"],
  [429, "usage_not_included", null, "quota"],
  [429, "billing_not_active", "billing_not_active", "billing"],
  [429, "requests", "rate_limit_exceeded", "rate_limit"],
  [429, "tokens", "rate_limit_exceeded", "rate_limit"],
  [429, "requests", null, "rate_limit"],
  [429, "tokens", null, "rate_limit"],
  [500, "server_error", null, "server_error"],
  [503, "server_error", "slow_down", "overloaded"],
  [503, null, "server_is_overloaded", "overloaded"],
];

/** Codes of failed responses and turns, by the types of the same SDK; they come in streams that began with 200. */
const OPENAI_STREAM_CODES: readonly Row[] = [
  ...[
    "bio_policy",
    "cyber_policy",
    "image_content_policy_violation",
    "invalid_prompt",
    "misalignment_policy_violation",
  ].map((code): Row => [200, null, code, "content_refused"]),
  ...["empty_image_file", "image_too_large", "invalid_image", "invalid_image_url", "unsupported_image_media_type"].map(
    (code): Row => [200, null, code, "invalid_request"],
  ),
  ...[
    "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "project_spend_limit_exceeded",
    "usage_limit_exceeded",
  ].map((code): Row => [200, null, code, "quota"]),
  [200, null, "credit_balance_exhausted", "billing"],
  [200, null, "rate_limit_exceeded", "rate_limit"],
  [200, null, "flex_unavailable", "overloaded"],
  [200, null, "server_overloaded", "overloaded"],
  [200, null, "request_timeout", "timeout"],
  [200, null, "vector_store_timeout", "timeout"],
  [200, null, "internal_error", "server_error"],
  [200, null, "server_error", "server_error"],
];

/** Statuses alone, as when the body is not JSON. */
const STATUSES: readonly Row[] = [
  ...[400, 405, 406, 410, 412, 414, 415, 421, 422, 426, 431, 451, 499].map((status): Row => [
    status,
    null,
    null,
    "invalid_request",
  ]),
  [401, null, null, "authentication"],
  [402, null, null, "billing"],
  [403, null, null, "permission"],
  [404, null, null, "not_found"],
  [408, null, null, "timeout"],
  [409, null, null, "conflict"],
  [413, null, null, "too_large"],
  [429, null, null, "rate_limit"],
  ...[500, 501, 502, 520, 522, 524, 599].map((status): Row => [status, null, null, "server_error"]),
  [503, null, null, "overloaded"],
  [504, null, null, "timeout"],
  [529, null, null, "overloaded"],
  // Azure.
  [429, null, "RateLimitReached", "rate_limit"],
];

function answerOf([status, type, code]: Row): FailedAnswer {
  return { status, ...(type === null ? {} : { type }), ...(code === null ? {} : { code }) };
}

describe.each([
  ["Anthropic's types", ANTHROPIC_TYPES],
  ["Anthropic's codes", ANTHROPIC_CODES],
  ["OpenAI's codes", OPENAI_CODES],
  ["OpenAI's codes in streams", OPENAI_STREAM_CODES],
  ["statuses", STATUSES],
])("%s", (_, rows) => {
  test.each(rows)("%s %s %s is %s", (...row) => {
    const kind = row[3];
    expect(classify(answerOf(row))).toEqual({ kind, ...FAILURES[kind] });
  });
});

describe("no answer at all", () => {
  test.each([
    ["unreachable", "unreachable"],
    ["timeout", "timeout"],
    ["broken", "server_error"],
  ] as const)("%s is %s", (transport, kind) => {
    expect(classify({ transport }).kind).toBe(kind);
    // An answer that broke off failed for that reason, whatever it had said by then.
    expect(classify({ transport, status: 200, type: "invalid_request_error" }).kind).toBe(kind);
  });

  test("without a word of why is the upstream's fault", () => {
    expect(classify({}).kind).toBe("server_error");
  });
});

/** What Anthropic answers under a type that says less; seen in public reports up to 2026-07. */
const SENTENCES: readonly (readonly [status: number, type: string, message: string, kind: FailureKind])[] = [
  [
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    "billing",
  ],
  [
    400,
    "invalid_request_error",
    "You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC.",
    "quota",
  ],
  [400, "invalid_request_error", "This organization has been disabled.", "authentication"],
  [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context_too_long"],
  [
    400,
    "invalid_request_error",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens`",
    "context_too_long",
  ],
  [
    400,
    "invalid_request_error",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
    "context_too_long",
  ],
  [
    400,
    "exceed_context_size_error",
    "request (4019 tokens) exceeds the available context size (2048 tokens), try increasing it",
    "context_too_long",
  ],
  [
    500,
    "server_error",
    "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
    "invalid_request",
  ],
  [
    500,
    "server_error",
    "Failed to parse tool call arguments as JSON: [json.exception.parse_error.101]",
    "invalid_request",
  ],
  [500, "server_error", 'Failed to parse tools: Unsupported tool type: {"type":"custom"}', "invalid_request"],
  [500, "server_error", "The model said: image input is not supported", "server_error"],
  [429, "rate_limit_error", "Extra usage is required for long context requests.", "permission"],
  [
    429,
    "rate_limit_error",
    "This request would exceed your account's rate limit. Please try again later.",
    "rate_limit",
  ],
];

describe("the sentence", () => {
  test.each(SENTENCES)("%s %s “%s” is %s", (status, type, message, kind) => {
    expect(classify({ status, type, message }).kind).toBe(kind);
  });

  test("says nothing where type or code have said it", () => {
    const message = "Your credit balance is too low";
    expect(classify({ status: 401, type: "authentication_error", message }).kind).toBe("authentication");
    expect(classify({ status: 400, code: "content_filter", message }).kind).toBe("content_refused");
    expect(classify({ status: 529, type: "overloaded_error", message }).kind).toBe("overloaded");
  });

  test("cannot be put into the upstream's mouth by a caller, to rest accounts", () => {
    const anySentence = fc.constantFrom(...SENTENCES.map(([, , message]) => message), "Your credit balance is too low");
    // Anthropic repeats the names of unknown fields at the front, and some values after a path.
    const anyEcho = fc.constantFrom(
      (words: string) => `${words}: Extra inputs are not permitted`,
      (words: string) => `messages.0.${words}: Extra inputs are not permitted`,
      (words: string) => `\n${words}: Extra inputs are not permitted`,
      (words: string) => `messages.0.role: Input should be 'user', not ${words}`,
    );
    fc.assert(
      fc.property(anySentence, fc.string(), anyEcho, (sentence, more, echo) => {
        const message = echo(sentence + more);
        const { blame, rest } = classify({ status: 400, type: "invalid_request_error", message });
        expect([blame, rest]).toEqual(["caller", "never"]);
      }),
    );
  });
});

const anyText = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "invalid_request_error"));

describe("laws of any answer", () => {
  const anyAnswer: fc.Arbitrary<FailedAnswer> = fc.record(
    {
      status: fc.integer({ min: 100, max: 999 }),
      type: anyText,
      code: anyText,
      message: fc.string(),
      transport: fc.constantFrom("unreachable", "timeout", "broken"),
      retryAfterMs: fc.nat(),
    },
    { requiredKeys: [] },
  );

  test("it is one of the kinds, with what follows from it and with the time to wait as given", () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const { kind, blame, elsewhere, rest, scope: _scope, ...time } = classify(answer);
        expect(KINDS).toContain(kind);
        expect([blame, elsewhere, rest]).toEqual(CONSEQUENCES[kind]);
        expect(time).toStrictEqual("retryAfterMs" in answer ? { retryAfterMs: answer.retryAfterMs } : {});
      }),
    );
  });

  test("its scope is what the table says, unless the upstream says that the whole account is at its limit", () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const { kind, scope } = classify(answer);
        expect(scope).toBe(FAILURES[kind].scope);
        expect(classify({ ...answer, wholeAccount: true }).scope).toBe("account");
      }),
    );
  });

  test("a caller's own 4xx never rests an account, whatever unknown words come with it", () => {
    const own = fc.integer({ min: 400, max: 499 }).filter((status) => ![401, 402, 403, 408, 429].includes(status));
    fc.assert(
      fc.property(own, anyText, anyText, fc.string(), (status, type, code, message) => {
        expect(classify({ status, type, code, message })).toMatchObject({ blame: "caller", rest: "never" });
      }),
    );
  });

  test("what is the caller's fault is neither tried elsewhere nor a reason to rest", () => {
    const mistakes = Object.values(FAILURES).filter(({ blame }) => blame === "caller");
    expect(mistakes).not.toEqual([]);
    for (const { elsewhere, rest } of mistakes) expect([elsewhere, rest]).toEqual([false, "never"]);
  });
});

/** The kinds of the recorded failures, by dialect and status, and by code where that says more. */
const RECORDED: Readonly<Record<string, FailureKind>> = {
  "anthropic-messages 400": "invalid_request",
  "anthropic-messages 401": "authentication",
  "anthropic-messages 404": "not_found",
  "anthropic-messages 429": "rate_limit",
  "openai-chat 400": "invalid_request",
  "openai-chat 401": "authentication",
  "openai-chat 404": "not_found",
  "openai-chat 429": "rate_limit",
  "openai-chat 500": "server_error",
  "openai-responses 400": "invalid_request",
  "openai-responses 400 model_not_found": "not_found",
  "openai-responses 401": "authentication",
};

const errorBody = z.object({
  error: z.object({
    type: z.string().optional().catch(undefined),
    code: z.string().optional().catch(undefined),
    message: z.string().optional().catch(undefined),
  }),
});

describe.skipIf(!recordingsAvailable())("recorded failures (skipped: ../shared/recordings is missing)", () => {
  const failed = listRecordings().filter(({ status }) => status >= 400);

  test("there are those that this suite was written for", () => {
    expect(failed).toHaveLength(39);
  });

  test.each(failed)("$id is $status", ({ id, dialect, status }) => {
    const { error } = errorBody.parse(readRecording(id).response.body);
    const known = RECORDED[`${dialect} ${status} ${error.code}`] ?? RECORDED[`${dialect} ${status}`];
    const { type, code, message } = error;
    const said = { ...(type && { type }), ...(code && { code }), ...(message && { message }) };
    expect(classify({ status, ...said }).kind).toBe(known);
  });
});
