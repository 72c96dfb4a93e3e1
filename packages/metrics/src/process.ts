import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import {
  ValueType,
  type Attributes,
  type MeterProvider,
  type MetricOptions,
  type Observable,
} from "@opentelemetry/api";
import { SCOPE } from "./instruments.ts";

/** A metric of the process itself. Names, units and labels are those of OpenTelemetry's conventions for processes, Node.js and V8. */
export interface ProcessMetricRow {
  /** Its name in OTLP. In Prometheus text dots are underscores, and the unit and a counter's `_total` are the end of the name. */
  readonly name: string;
  readonly kind: "counter" | "gauge";
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
}

/** Every metric of the process. */
export const PROCESS_METRICS = {
  cpu: {
    name: "process.cpu.time",
    kind: "counter",
    unit: "s",
    description: "CPU time of the process by mode: user, system.",
    labels: ["cpu.mode"],
  },
  memory: {
    name: "process.memory.usage",
    kind: "gauge",
    unit: "By",
    description: "Physical memory of the process.",
    labels: [],
  },
  uptime: {
    name: "process.uptime",
    kind: "gauge",
    unit: "s",
    description: "Time since the process started.",
    labels: [],
  },
  heap: {
    name: "v8js.memory.heap.used",
    kind: "gauge",
    unit: "By",
    description: "Memory of the heap that is in use.",
    labels: [],
  },
  external: {
    name: "v8js.memory.external",
    kind: "gauge",
    unit: "By",
    description: "Memory of buffers and other objects outside the heap.",
    labels: [],
  },
  utilization: {
    name: "nodejs.eventloop.utilization",
    kind: "gauge",
    unit: "1",
    description: "Share of the last ten seconds in which the event loop was busy, from 0 to 1.",
    labels: [],
  },
  delay_p50: {
    name: "nodejs.eventloop.delay.p50",
    kind: "gauge",
    unit: "s",
    description: "Median delay of the event loop in the last ten seconds.",
    labels: [],
  },
  delay_p99: {
    name: "nodejs.eventloop.delay.p99",
    kind: "gauge",
    unit: "s",
    description: "99th percentile of the event loop's delay in the last ten seconds.",
    labels: [],
  },
  delay_max: {
    name: "nodejs.eventloop.delay.max",
    kind: "gauge",
    unit: "s",
    description: "Longest delay of the event loop in the last ten seconds.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, ProcessMetricRow>>;

/** Readers that collect in between share a window, so that none takes another's values away. */
const WINDOW_MS = 10_000;
const RESOLUTION_MS = 10;

/** Shows the process's own metrics; each collection by a reader of the provider looks at them. The returned function ends that. */
export function observeProcess(provider: MeterProvider): () => void {
  const meter = provider.getMeter(SCOPE);
  const instrument = ({ name, kind, unit, description }: ProcessMetricRow): Observable => {
    const options: MetricOptions = { unit, description, valueType: ValueType.DOUBLE };
    return kind === "counter"
      ? meter.createObservableCounter(name, options)
      : meter.createObservableGauge(name, options);
  };
  const loop = new LoopWindow();
  const points = (): readonly (readonly [keyof typeof PROCESS_METRICS, number, Attributes?])[] => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { utilization, p50, p99, max } = loop.values();
    return [
      ["cpu", user / 1e6, { "cpu.mode": "user" }],
      ["cpu", system / 1e6, { "cpu.mode": "system" }],
      ["memory", rss],
      ["uptime", process.uptime()],
      ["heap", heapUsed],
      ["external", external],
      ["utilization", utilization],
      ["delay_p50", p50],
      ["delay_p99", p99],
      ["delay_max", max],
    ];
  };
  const instruments = new Map(Object.entries(PROCESS_METRICS).map(([id, row]) => [id, instrument(row)]));
  meter.addBatchObservableCallback(
    (result) => {
      for (const [id, value, attributes] of points()) {
        const observed = instruments.get(id);
        if (observed !== undefined) result.observe(observed, value, attributes);
      }
    },
    [...instruments.values()],
  );
  return () => loop.end();
}

interface LoopValues {
  readonly utilization: number;
  /** Seconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How the event loop did in the window of time that was over last. */
class LoopWindow {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilizationBefore = performance.eventLoopUtilization();
  #beganAtMs = performance.now();
  #last: LoopValues | undefined;

  constructor() {
    this.#delays.enable();
  }

  /** Those of the last whole window; before there is one, of the time so far. */
  values(): LoopValues {
    const isOver = performance.now() - this.#beganAtMs >= WINDOW_MS;
    if (!isOver) return this.#last ?? this.#now();
    this.#last = this.#now();
    this.#delays.reset();
    this.#utilizationBefore = performance.eventLoopUtilization();
    this.#beganAtMs = performance.now();
    return this.#last;
  }

  end(): void {
    this.#delays.disable();
  }

  #now(): LoopValues {
    const { utilization } = performance.eventLoopUtilization(this.#utilizationBefore);
    const delays = this.#delays;
    return {
      utilization,
      p50: delayOf(delays.percentile(50)),
      p99: delayOf(delays.percentile(99)),
      max: delayOf(delays.max),
    };
  }
}

/** Node measures the time between two turns of its timer, which the timer's own rhythm is a part of. */
function delayOf(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
}
