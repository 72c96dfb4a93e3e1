import type { Surface } from "@link-assistant/core";

/** What the caller gives as the value of each label. `labels.ts` turns it into one of a bounded set of texts. */
export interface LabelValues {
  /** HTTP status sent to the client. */
  readonly code: number;
  /** Name of an account. */
  readonly account: string;
  /** The dialect something was lost on the way from, and the one on the way to. */
  readonly from: string;
  readonly to: string;
  /** What was lost, as the first dialect spells it. */
  readonly field: string;
  /** What came of something. */
  readonly outcome: string;
  /** Why something happened. */
  readonly reason: string;
  readonly surface: Surface;
  /** Name of a model that is known. */
  readonly model: string;
  readonly status: string;
  /** Name of a limit. */
  readonly limit: string;
  /** Name of a label. */
  readonly label: string;
}

/** A label that a metric may carry. */
export type LabelKey = keyof LabelValues;

/** One metric: everything that is said about it anywhere, said once. */
export interface MetricRow {
  /** Its name in Prometheus text and in OTLP alike; a counter's ends in `_total`, so no exporter adds to it. */
  readonly name: string;
  /** `counter`: a sum that only grows, from 0 at the start of the process; `up_down`: a sum that falls again. */
  readonly kind: "counter" | "up_down";
  /** UCUM unit as OpenTelemetry writes it: `By` for bytes, a word in braces for things counted. */
  readonly unit: string;
  /** One sentence, shown as `# HELP`. */
  readonly description: string;
  /** Its labels. A metric without labels is there with 0 from the first collection, others come with their first event. */
  readonly labels: readonly LabelKey[];
  /** Its field in the `/v1/usage` snapshot; absent when it has none. */
  readonly usage?: string;
  /** Whether it counts parts of a whole; default whole numbers only. */
  readonly isFractional?: boolean;
}

/** Every metric of this package. Nothing else spells a metric name, a unit or a field of `/v1/usage`. */
export const METRICS = {
  requests: {
    name: "link_assistant_requests_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges that ended on one of the surfaces, whatever the outcome.",
    labels: [],
    usage: "requests_total",
  },
  errors: {
    name: "link_assistant_errors_total",
    kind: "counter",
    unit: "{error}",
    description: "Exchanges answered with a status of 400 or above, and streams that ended in an error after a 200.",
    labels: [],
    usage: "errors_total",
  },
  bytes_in: {
    name: "link_assistant_bytes_in_total",
    kind: "counter",
    unit: "By",
    description: "Bytes of response bodies received from upstreams.",
    labels: [],
    usage: "bytes_in",
  },
  bytes_out: {
    name: "link_assistant_bytes_out_total",
    kind: "counter",
    unit: "By",
    description: "Bytes of request bodies sent to upstreams.",
    labels: [],
    usage: "bytes_out",
  },
  openai_chat_completions: {
    name: "link_assistant_openai_chat_completions_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges on the OpenAI chat completions surface.",
    labels: [],
    usage: "openai_chat_completions",
  },
  openai_responses: {
    name: "link_assistant_openai_responses_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges on the OpenAI responses surface.",
    labels: [],
    usage: "openai_responses",
  },
  anthropic_messages: {
    name: "link_assistant_anthropic_messages_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges on the Anthropic messages surface.",
    labels: [],
    usage: "anthropic_messages",
  },
  tokens_issued: {
    name: "link_assistant_tokens_issued_total",
    kind: "counter",
    unit: "{token}",
    description: "Router tokens issued.",
    labels: [],
    usage: "tokens_issued",
  },
  tokens_revoked: {
    name: "link_assistant_tokens_revoked_total",
    kind: "counter",
    unit: "{token}",
    description: "Router tokens revoked.",
    labels: [],
    usage: "tokens_revoked",
  },
  status: {
    name: "link_assistant_status_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges by the HTTP status sent to the client.",
    labels: ["code"],
    usage: "status_counts",
  },
  account_calls: {
    name: "link_assistant_account_calls_total",
    kind: "counter",
    unit: "{attempt}",
    description: "Attempts by account.",
    labels: ["account"],
    usage: "account_calls",
  },
  translation_losses: {
    name: "link_assistant_translation_losses_total",
    kind: "counter",
    unit: "{loss}",
    description: "Fields that a translation between dialects could not carry as they were.",
    labels: ["from", "to", "field"],
  },
  attempts: {
    name: "link_assistant_upstream_attempts_total",
    kind: "counter",
    unit: "{attempt}",
    description: "Attempts by account and by what came of them: served, abandoned, or how they failed.",
    labels: ["account", "outcome"],
  },
  retries: {
    name: "link_assistant_retries_total",
    kind: "counter",
    unit: "{attempt}",
    description: "Attempts after the first one of their exchange, by how the attempt before failed.",
    labels: ["reason"],
  },
  usage_missing: {
    name: "link_assistant_usage_missing_total",
    kind: "counter",
    unit: "{request}",
    description: "Answers of upstreams that told no usage.",
    labels: ["surface"],
  },
  stream_end: {
    name: "link_assistant_stream_end_total",
    kind: "counter",
    unit: "{stream}",
    description: "Streams by how they ended: complete, client_abort, upstream_error, idle_timeout.",
    labels: ["reason"],
  },
  prompt_cache: {
    name: "link_assistant_prompt_cache_requests_total",
    kind: "counter",
    unit: "{request}",
    description: "Answers with a usage by whether their prompt was read from a cache: hit, miss.",
    labels: ["outcome"],
  },
  affinity: {
    name: "link_assistant_affinity_total",
    kind: "counter",
    unit: "{request}",
    description: "Served calls of a session by where it stands: new, kept at its account, moved to another.",
    labels: ["outcome"],
  },
  cost: {
    name: "link_assistant_cost_usd_total",
    kind: "counter",
    unit: "{USD}",
    description: "US dollars that exchanges cost, by model; what has no price is not in it.",
    labels: ["model"],
    isFractional: true,
  },
  cost_lookup: {
    name: "link_assistant_cost_lookup_total",
    kind: "counter",
    unit: "{request}",
    description: "Answers by whether their cost is known: priced, unpriced, no_usage.",
    labels: ["status"],
  },
  limit_rejections: {
    name: "link_assistant_limit_rejections_total",
    kind: "counter",
    unit: "{request}",
    description: "Exchanges refused because a router token had reached a limit, by the limit.",
    labels: ["limit"],
  },
  label_overflow: {
    name: "link_assistant_label_overflow_total",
    kind: "counter",
    unit: "{value}",
    description: "Label values that were counted as `other` because too many were there already, by label.",
    labels: ["label"],
  },
  in_flight: {
    name: "link_assistant_in_flight",
    kind: "up_down",
    unit: "{request}",
    description: "Exchanges under way.",
    labels: ["surface"],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

/** The short name of a metric inside this package. */
export type MetricId = keyof typeof METRICS;
