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
}

/** A label that a metric may carry. */
export type LabelKey = keyof LabelValues;

/** One metric: everything that is said about it anywhere, said once. */
export interface MetricRow {
  /** Its name in Prometheus text and in OTLP alike; a counter's ends in `_total`, so no exporter adds to it. */
  readonly name: string;
  /** `counter`: a sum that only grows, from 0 at the start of the process. */
  readonly kind: "counter";
  /** UCUM unit as OpenTelemetry writes it: `By` for bytes, a word in braces for things counted. */
  readonly unit: string;
  /** One sentence, shown as `# HELP`. */
  readonly description: string;
  /** Its labels. A metric without labels is there with 0 from the first collection, others come with their first event. */
  readonly labels: readonly LabelKey[];
  /** Its field in the `/v1/usage` snapshot; absent when it has none. */
  readonly usage?: string;
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
} as const satisfies Readonly<Record<string, MetricRow>>;

/** The short name of a metric inside this package. */
export type MetricId = keyof typeof METRICS;
