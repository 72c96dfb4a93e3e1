import { METRICS } from "./names.ts";
import type { Tallies } from "./tally.ts";

/** The eleven counters as one JSON object, as `/v1/usage` answers it. All counts are since the start of the process. */
export interface UsageSnapshot {
  /** Exchanges that ended on one of the surfaces, whatever the outcome. */
  readonly requests_total: number;
  /** Those with a status of 400 or above, and streams that ended in an error after a 200. */
  readonly errors_total: number;
  /** Bytes of response bodies received from upstreams. */
  readonly bytes_in: number;
  /** Bytes of request bodies sent to upstreams. */
  readonly bytes_out: number;
  /** Exchanges on the OpenAI chat completions surface. */
  readonly openai_chat_completions: number;
  /** Exchanges on the OpenAI responses surface. */
  readonly openai_responses: number;
  /** Exchanges on the Anthropic messages surface. */
  readonly anthropic_messages: number;
  /** Router tokens issued. */
  readonly tokens_issued: number;
  /** Router tokens revoked. */
  readonly tokens_revoked: number;
  /** Exchanges by HTTP status, such as `{"200": 12}`; a status that has not occurred is absent. */
  readonly status_counts: Readonly<Record<string, number>>;
  /** Attempts by account, such as `{"primary": 12}`; an account without an attempt is absent. */
  readonly account_calls: Readonly<Record<string, number>>;
}

/** The counts as they stand; a copy that later recordings do not change. */
export function snapshotUsage(tallies: Tallies): UsageSnapshot {
  return {
    [METRICS.requests.usage]: tallies.requests.total,
    [METRICS.errors.usage]: tallies.errors.total,
    [METRICS.bytes_in.usage]: tallies.bytes_in.total,
    [METRICS.bytes_out.usage]: tallies.bytes_out.total,
    [METRICS.openai_chat_completions.usage]: tallies.openai_chat_completions.total,
    [METRICS.openai_responses.usage]: tallies.openai_responses.total,
    [METRICS.anthropic_messages.usage]: tallies.anthropic_messages.total,
    [METRICS.tokens_issued.usage]: tallies.tokens_issued.total,
    [METRICS.tokens_revoked.usage]: tallies.tokens_revoked.total,
    [METRICS.status.usage]: tallies.status.totals(),
    [METRICS.account_calls.usage]: tallies.account_calls.totals(),
  };
}
