import { expect, test } from "vitest";
import { METRICS } from "./names.ts";
import type { MetricRow } from "./names.ts";

test("the names, labels and /v1/usage fields that dashboards and alerts rely on", () => {
  const rows: readonly MetricRow[] = Object.values(METRICS);
  expect(rows.map(({ name, labels, usage }) => [name, labels, usage])).toEqual([
    ["link_assistant_requests_total", [], "requests_total"],
    ["link_assistant_errors_total", [], "errors_total"],
    ["link_assistant_bytes_in_total", [], "bytes_in"],
    ["link_assistant_bytes_out_total", [], "bytes_out"],
    ["link_assistant_openai_chat_completions_total", [], "openai_chat_completions"],
    ["link_assistant_openai_responses_total", [], "openai_responses"],
    ["link_assistant_anthropic_messages_total", [], "anthropic_messages"],
    ["link_assistant_tokens_issued_total", [], "tokens_issued"],
    ["link_assistant_tokens_revoked_total", [], "tokens_revoked"],
    ["link_assistant_status_total", ["code"], "status_counts"],
    ["link_assistant_account_calls_total", ["account"], "account_calls"],
    ["link_assistant_translation_losses_total", ["from", "to", "field"], undefined],
    ["link_assistant_upstream_attempts_total", ["account", "outcome"], undefined],
    ["link_assistant_retries_total", ["reason"], undefined],
    ["link_assistant_usage_missing_total", ["surface"], undefined],
    ["link_assistant_stream_end_total", ["reason"], undefined],
    ["link_assistant_prompt_cache_requests_total", ["outcome"], undefined],
    ["link_assistant_affinity_total", ["outcome"], undefined],
    ["link_assistant_cost_usd_total", ["model"], undefined],
    ["link_assistant_cost_lookup_total", ["status"], undefined],
    ["link_assistant_limit_rejections_total", ["limit"], undefined],
    ["link_assistant_label_overflow_total", ["label"], undefined],
    ["link_assistant_in_flight", ["surface"], undefined],
  ]);
});

test("a counter's name ends in _total, because exporters add it to one that does not, and no other's does", () => {
  for (const { name, kind } of Object.values(METRICS))
    expect([name, name.endsWith("_total")]).toEqual([name, kind === "counter"]);
});

test("a unit never makes a receiver change the name: bytes are a word of it already, the rest is in braces", () => {
  const spoiling = Object.values(METRICS).filter(({ name, unit }) =>
    unit === "By" ? !name.split("_").includes("bytes") : !/^\{[a-zA-Z]+\}$/.test(unit),
  );
  expect(spoiling).toEqual([]);
});
