import type { Histogram, Meter } from "@opentelemetry/api";
import { BoundedSeries } from "./series.ts";

/** One histogram: everything that is said about it anywhere, said once. */
export interface HistogramRow {
  /** Its name in OTLP. In Prometheus text dots are underscores, and the unit is the end of the name. */
  readonly name: string;
  /** UCUM unit: `s` for seconds, a word in braces for things counted. */
  readonly unit: string;
  /** One sentence, shown as `# HELP`. */
  readonly description: string;
  /** Its labels, the one that gives way first when there are too many series at the end. */
  readonly labels: readonly string[];
  /** Upper bounds of its buckets. */
  readonly buckets: readonly number[];
  /** Most series of it; all histograms together have at most 200. */
  readonly maxSeries: number;
}

/** Buckets of the conventions go on where answers of reasoning models do: up to eleven minutes. */
const DURATIONS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68, 655.36,
];
const HTTP_DURATIONS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600,
];
const MODEL_LABELS = ["gen_ai.operation.name", "gen_ai.provider.name"];

/**
 * Every histogram of this package. Those of `gen_ai` and `http` are named, bucketed and labelled by OpenTelemetry's semantic
 * conventions, GenAI 1.41.1 and HTTP, but for further buckets at the end.
 */
export const HISTOGRAMS = {
  operation_duration: {
    name: "gen_ai.client.operation.duration",
    unit: "s",
    description: "Time from an attempt's request to the end of its answer.",
    labels: [...MODEL_LABELS, "error.type", "gen_ai.request.model"],
    buckets: DURATIONS,
    maxSeries: 60,
  },
  token_usage: {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    description: "Tokens of prompts (input, cached ones included) and answers (output).",
    labels: [...MODEL_LABELS, "gen_ai.token.type", "gen_ai.request.model"],
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
    maxSeries: 70,
  },
  time_to_first_chunk: {
    name: "gen_ai.client.operation.time_to_first_chunk",
    unit: "s",
    description: "Time from an attempt's request to the first piece of its answer.",
    labels: [...MODEL_LABELS, "gen_ai.request.model"],
    buckets: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
    maxSeries: 36,
  },
  request_duration: {
    name: "http.server.request.duration",
    unit: "s",
    description: "Time from a request's arrival to the end of its answer.",
    labels: ["http.request.method", "http.route", "http.response.status_code"],
    buckets: HTTP_DURATIONS,
    maxSeries: 32,
  },
  overhead: {
    name: "link_assistant_gateway_overhead_seconds",
    unit: "s",
    description:
      "Time that the gateway adds: `in` from the request's body to the upstream's request, `out` from the upstream's first bytes to the client's.",
    labels: ["phase"],
    buckets: [0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    maxSeries: 2,
  },
} as const satisfies Readonly<Record<string, HistogramRow>>;

/** The short name of a histogram inside this package. */
export type HistogramId = keyof typeof HISTOGRAMS;

/** A histogram with a bounded number of series: what comes too late is counted under `other`. */
export class BoundedHistogram {
  readonly #histogram: Histogram;
  readonly #series: BoundedSeries;

  /** @param onOverflow hears of each record whose labels had to give way. */
  constructor(meter: Meter, row: HistogramRow, onOverflow: (label: string) => void) {
    const { name, unit, description, buckets } = row;
    this.#series = new BoundedSeries(row, onOverflow);
    this.#histogram = meter.createHistogram(name, {
      unit,
      description,
      advice: { explicitBucketBoundaries: [...buckets] },
    });
  }

  /** Records a value under these labels, in the order of the row; an empty one is left out. What is no number is not recorded. */
  record(value: number, labels: readonly string[]): void {
    if (Number.isFinite(value) && value >= 0) this.#histogram.record(value, this.#series.attributes(labels));
  }
}

/** All histograms. */
export type Histograms = { readonly [Id in HistogramId]: BoundedHistogram };

/** Makes all histograms on this meter. */
export function createHistograms(meter: Meter, onOverflow: (label: string) => void): Histograms {
  const of = (row: HistogramRow): BoundedHistogram => new BoundedHistogram(meter, row, onOverflow);
  return {
    operation_duration: of(HISTOGRAMS.operation_duration),
    token_usage: of(HISTOGRAMS.token_usage),
    time_to_first_chunk: of(HISTOGRAMS.time_to_first_chunk),
    request_duration: of(HISTOGRAMS.request_duration),
    overhead: of(HISTOGRAMS.overhead),
  };
}
