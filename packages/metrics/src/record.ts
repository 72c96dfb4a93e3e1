import { isEmptyUsage, totalInputTokens } from "@link-assistant/core";
import type { Surface, Usage } from "@link-assistant/core";
import type { Histograms } from "./histograms.ts";
import type { Tallies } from "./tally.ts";
import type { TokenCounter } from "./token-counters.ts";

/**
 * What a program says as it goes, as functions that may be called without their object. A call costs well under a
 * microsecond, waits for nothing and, given values of its types, never throws.
 */
export interface Recorder {
  /**
   * An exchange ended.
   *
   * @param surface the API on which it was answered.
   * @param status HTTP status sent to the client; 400 or above counts as an error, outside 100 to 599 as `other`.
   * @param account the account that answered, counted as one attempt on it. Left out when there was none, or when
   *   attempts are counted one by one with `recordAttempt`.
   */
  readonly recordRequest: (surface: Surface, status: number, account?: string | null) => void;
  /** An exchange began on a surface, or ended there (`change` -1). */
  readonly recordInFlight: (surface: Surface, change: 1 | -1) => void;
  /** An attempt came out. `before`: how the attempt before it in the same exchange failed; absent for the first one. */
  readonly recordOutcome: (account: string, outcome: string, before?: string) => void;
  /** A call of a session was served: where the session stands now. */
  readonly recordAffinity: (outcome: "new" | "kept" | "moved") => void;
  /** An exchange was refused for a limit of its token. */
  readonly recordLimitRejection: (limit: string) => void;
  /** A stream ended. */
  readonly recordStreamEnd: (reason: "complete" | "client_abort" | "upstream_error" | "idle_timeout") => void;
  /**
   * An upstream answered a call for a model, with this usage.
   *
   * @param model a model that is known by name, else `other`.
   * @param costUsd US dollars; `null` when the model has no price.
   */
  readonly recordAnswer: (surface: Surface, model: string, usage: Usage, costUsd: number | null) => void;
  /** How long an exchange took, once it has ended. */
  readonly recordTimings: (timings: Timings) => void;
  /** A try of a call against one account. Names beyond `maxAccounts` count as `other`; see the options. */
  readonly recordAttempt: (account: string) => void;
  /** A stream that had begun with a 200 ended in an error. Its exchange is counted by `recordRequest` as well. */
  readonly recordStreamError: () => void;
  /**
   * Bodies exchanged with an upstream, in bytes. A number that is negative, not finite or not a number counts as 0.
   *
   * @param sent bytes of the request body sent to the upstream.
   * @param received bytes of the response body received from it.
   */
  readonly recordBytes: (sent: number, received: number) => void;
  /** A translation could not carry a field as it was: from one dialect to another, the field as the first spells it. */
  readonly recordLoss: (from: string, to: string, field: string) => void;
  /** A router token was issued. */
  readonly recordTokenIssued: () => void;
  /** A router token was revoked. */
  readonly recordTokenRevoked: () => void;
}

/** Where the recording functions count. */
export interface Counts {
  readonly tallies: Tallies;
  readonly histograms: Histograms;
  /** Absent: nobody asked for it. */
  readonly tokens: TokenCounter | undefined;
}

/** The recording functions. */
export function createRecorder(counts: Counts): Recorder {
  const { tallies } = counts;
  return {
    recordRequest(surface, status, account) {
      tallies[surface].add(1);
      tallies.requests.add(1);
      tallies.status.add(1, { code: status });
      if (status >= 400) tallies.errors.add(1);
      if (account !== undefined && account !== null) tallies.account_calls.add(1, { account });
    },
    recordInFlight: (surface, change) => tallies.in_flight.add(change, { surface }),
    recordOutcome(account, outcome, before) {
      tallies.attempts.add(1, { account, outcome });
      if (before !== undefined) tallies.retries.add(1, { reason: before });
    },
    recordAffinity: (outcome) => tallies.affinity.add(1, { outcome }),
    recordLimitRejection: (limit) => tallies.limit_rejections.add(1, { limit }),
    recordStreamEnd: (reason) => tallies.stream_end.add(1, { reason }),
    recordAnswer(surface, model, usage, costUsd) {
      if (isEmptyUsage(usage)) {
        tallies.usage_missing.add(1, { surface });
        tallies.cost_lookup.add(1, { status: "no_usage" });
        return;
      }
      tallies.prompt_cache.add(1, { outcome: (usage.cacheRead ?? 0) > 0 ? "hit" : "miss" });
      tallies.cost_lookup.add(1, { status: costUsd === null ? "unpriced" : "priced" });
      if (costUsd !== null) tallies.cost.add(costUsd, { model });
    },
    recordTimings: (timings) => recordTimings(counts, timings),
    recordAttempt: (account) => tallies.account_calls.add(1, { account }),
    recordStreamError: () => tallies.errors.add(1),
    recordBytes(sent, received) {
      tallies.bytes_out.add(sent);
      tallies.bytes_in.add(received);
    },
    recordLoss: (from, to, field) => tallies.translation_losses.add(1, { from, to, field }),
    recordTokenIssued: () => tallies.tokens_issued.add(1),
    recordTokenRevoked: () => tallies.tokens_revoked.add(1),
  };
}

/** How long an exchange took, in seconds. What is absent did not happen. */
export interface Timings {
  /** From the request's arrival to the end of the answer. */
  readonly request: number;
  readonly method: string;
  /** The path as a template, such as `/v1/messages`. */
  readonly route: string;
  /** HTTP status sent to the client. */
  readonly status: number;
  /** From the request's body to the upstream's request. */
  readonly overheadIn?: number | undefined;
  /** From the upstream's first bytes to the client's. */
  readonly overheadOut?: number | undefined;
  /** The last attempt. */
  readonly attempt?: AttemptTimings | undefined;
}

/** How long an attempt took, in seconds, and what it was about. */
export interface AttemptTimings {
  /** What was asked for: `chat`, `count_tokens`. */
  readonly operation: string;
  /** Who was asked: `anthropic`, `openai`, … */
  readonly provider: string;
  /** A model that is known by name, else `other`. */
  readonly model: string;
  /** How it failed; empty when it did not. */
  readonly error: string;
  /** From its request to the end of its answer. */
  readonly duration: number;
  /** From its request to the first piece of its answer. */
  readonly firstChunk?: number | undefined;
  readonly usage: Usage;
}

function recordTimings(counts: Counts, { request, method, route, status, ...timings }: Timings): void {
  const { histograms } = counts;
  histograms.request_duration.record(request, [method, route, String(status)]);
  if (timings.overheadIn !== undefined) histograms.overhead.record(timings.overheadIn, ["in"]);
  if (timings.overheadOut !== undefined) histograms.overhead.record(timings.overheadOut, ["out"]);
  if (timings.attempt !== undefined) recordAttemptTimings(counts, timings.attempt);
}

function recordAttemptTimings({ histograms, tokens }: Counts, attempt: AttemptTimings): void {
  const { operation, provider, model, error, duration, firstChunk, usage } = attempt;
  histograms.operation_duration.record(duration, [operation, provider, error, model]);
  if (firstChunk !== undefined) histograms.time_to_first_chunk.record(firstChunk, [operation, provider, model]);
  const input = totalInputTokens(usage);
  if (input !== undefined) histograms.token_usage.record(input, [operation, provider, "input", model]);
  if (usage.output !== undefined) histograms.token_usage.record(usage.output, [operation, provider, "output", model]);
  tokens?.(operation, provider, model, usage);
}
