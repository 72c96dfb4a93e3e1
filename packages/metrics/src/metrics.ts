import type { MeterProvider } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import { settledWithin } from "./deadline.ts";
import { createHistograms } from "./histograms.ts";
import { SCOPE, observeShown, shownGauges, type Gauges } from "./instruments.ts";
import { observeProcess } from "./process.ts";
import { renderText, type PrometheusReader } from "./prometheus.ts";
import { createRecorder, type Recorder } from "./record.ts";
import type { Shown } from "./shown.ts";
import type { Tallies } from "./tally.ts";
import { createTokenCounter } from "./token-counters.ts";
import { snapshotUsage, type UsageSnapshot } from "./usage-snapshot.ts";

const DEFAULT_DEADLINE_MS = 3000;

/** Counts what a gateway does, and shows the counts in three ways that never disagree once a collection has run. */
export interface Metrics extends Recorder {
  /** The eleven counters as they stand. Works without any reader, and after `shutdown`. */
  readonly usageSnapshot: () => UsageSnapshot;
  /** Who sends the metrics, for what else the program pushes; `undefined` with a given `meterProvider`, whose owner knows. */
  readonly resource: Resource | undefined;
  /** Shows these gauges as well, from now on. Called once. */
  readonly observe: (gauges: Gauges) => void;
  /**
   * Collects, and resolves to Prometheus text (format 0.0.4, without scope labels and `target_info`); serve it with
   * `PROMETHEUS_CONTENT_TYPE`. Holds every metric of the MeterProvider, so also those of other programs' instruments. It is written in
   * pieces of a millisecond, between which other work goes on.
   *
   * @throws TypeError when a `meterProvider` was given without a `prometheus` reader; Error after `shutdown`, and when something cannot be
   *   collected: half of the metrics would look like all of them.
   */
  readonly renderPrometheus: () => Promise<string>;
  /**
   * Pushes the counts now. Resolves when they have arrived or the export has failed, after about 3 s at the latest by
   * default; `onExportError` hears of a failure. Does nothing with a given `meterProvider`, which its owner flushes.
   */
  readonly forceFlush: () => Promise<void>;
  /**
   * Pushes the counts a last time and ends the readers. Always resolves, after `deadlineMs` (milliseconds, default
   * 3,000, at most 2,147,483,647) at the latest, even if a collector does not answer; a push that is still under way
   * then ends by its own timeout. May be called twice. A given `meterProvider` goes on: its owner ends it.
   */
  readonly shutdown: (deadlineMs?: number) => Promise<void>;
}

/** Where the counts of a `Metrics` are shown. */
export interface Views {
  readonly meterProvider: MeterProvider;
  /**
   * Where tallies and gauges become instruments. `meterProvider` itself when that one is given; else one that `prometheus` does not read,
   * or none: their text is then made from themselves.
   */
  readonly shownProvider: MeterProvider | undefined;
  readonly resource: Resource | undefined;
  readonly prometheus: PrometheusReader | undefined;
  /** The readers that `forceFlush` flushes. */
  readonly readers: readonly IMetricReader[];
  /** Whether the newest conventions' counters of tokens are shown. */
  readonly tokenCounters: boolean;
  /** Ends everything that was started for these views. Called once. */
  readonly end: () => Promise<void>;
}

/** The functions that count into these tallies and show them in these views. */
export function metricsWith(tallies: Tallies, views: Views): Metrics {
  const isGiven = views.shownProvider === views.meterProvider;
  const unread: Shown[] = [];
  const show = (shown: readonly Shown[]): void => {
    if (views.shownProvider !== undefined) observeShown(shown, views.shownProvider);
    if (!isGiven) unread.push(...shown);
  };
  show(Object.values(tallies));
  const meter = views.meterProvider.getMeter(SCOPE);
  const onOverflow = (label: string): void => tallies.label_overflow.add(1, { label });
  const counts = {
    tallies,
    histograms: createHistograms(meter, onOverflow),
    tokens: views.tokenCounters ? createTokenCounter(meter, onOverflow) : undefined,
  };
  let ending: Promise<void> | undefined;
  let endProcess: (() => void) | undefined;
  return {
    ...createRecorder(counts),
    resource: views.resource,
    observe(gauges) {
      show(shownGauges(gauges));
      if (gauges.process === true) endProcess = observeProcess(views.meterProvider);
    },
    usageSnapshot: () => snapshotUsage(tallies),
    async renderPrometheus() {
      if (ending !== undefined) throw new Error("the metrics were shut down: render before you call shutdown()");
      if (views.prometheus !== undefined) return renderText(views.prometheus, unread);
      throw new TypeError(
        "no reader to render from: pass createMetrics({ meterProvider, prometheus }), where prometheus is a " +
          "PrometheusExporter({ preventServerStart: true }) among the readers of that meterProvider",
      );
    },
    async forceFlush() {
      await Promise.all(views.readers.map((reader) => reader.forceFlush()));
    },
    shutdown(deadlineMs = DEFAULT_DEADLINE_MS) {
      ending ??= views.end().finally(() => endProcess?.());
      return settledWithin(deadlineMs, ending);
    },
  };
}
