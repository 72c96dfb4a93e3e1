import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

import generated from "otlp-proto/build/src/generated/root.js";
import type {
  AnyValue,
  KeyValue,
  LogRecord,
  LogsPush,
  MetricsPush,
  Resource,
  Span,
  TracesPush,
} from "otlp-proto/build/src/generated/root.js";

const { trace, logs, metrics } = generated.opentelemetry.proto.collector;
const READ = { longs: Number, enums: String, bytes: String, arrays: true } as const;

/** What was pushed, by signal. */
interface Taken {
  readonly traces: TracesPush["resourceSpans"][number][];
  readonly logs: LogsPush["resourceLogs"][number][];
  readonly metrics: MetricsPush["resourceMetrics"][number][];
}

/** Reads a push into what was taken; false when nothing is pushed there. */
function take(taken: Taken, path: string | undefined, body: Uint8Array): boolean {
  if (path === "/v1/traces") {
    const { ExportTraceServiceRequest: kind } = trace.v1;
    taken.traces.push(...kind.toObject(kind.decode(body), READ).resourceSpans);
  } else if (path === "/v1/logs") {
    const { ExportLogsServiceRequest: kind } = logs.v1;
    taken.logs.push(...kind.toObject(kind.decode(body), READ).resourceLogs);
  } else if (path === "/v1/metrics") {
    const { ExportMetricsServiceRequest: kind } = metrics.v1;
    taken.metrics.push(...kind.toObject(kind.decode(body), READ).resourceMetrics);
  } else return false;
  return true;
}

/** A collector on loopback that takes OTLP over HTTP and reads it with the specification's own classes. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** What it answers from now on; `undefined` is never. */
  status: number | undefined;
  /** All spans so far. */
  spans(): readonly (Span & { readonly facts: Readonly<Record<string, unknown>> })[];
  /** All log records so far. */
  records(): readonly (LogRecord & { readonly facts: Readonly<Record<string, unknown>> })[];
  /** The newest count of each series, such as `link_assistant_status_total {"code":"200"}`. */
  counts(): Readonly<Record<string, number>>;
  /** Whom each push came from. */
  senders(): readonly Readonly<Record<string, unknown>>[];
  /** Pushes that came, whatever they were answered. */
  pushes: number;
}

export async function startCollector(): Promise<Collector> {
  const taken: Taken = { traces: [], logs: [], metrics: [] };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      collector.pushes += 1;
      if (collector.status === undefined) return;
      const isKnown = collector.status !== 200 || take(taken, request.url, body);
      response.writeHead(isKnown ? collector.status : 404).end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const collector: Collector = {
    url: `http://127.0.0.1:${port}`,
    status: 200,
    pushes: 0,
    spans: () =>
      taken.traces
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        .map((span) => ({
          ...span,
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: hex(span.parentSpanId),
          facts: factsOf(span.attributes),
        })),
    records: () =>
      taken.logs
        .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
        .map((record) => ({
          ...record,
          traceId: hex(record.traceId),
          spanId: hex(record.spanId),
          facts: factsOf(record.attributes),
        })),
    counts: () =>
      Object.fromEntries(
        taken.metrics
          .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
          .flatMap(({ name, sum }) =>
            (sum?.dataPoints ?? []).map((point): [string, number] => [
              `${name} ${JSON.stringify(factsOf(point.attributes))}`,
              point.asInt ?? point.asDouble ?? 0,
            ]),
          ),
      ),
    senders: () =>
      [...taken.traces, ...taken.logs, ...taken.metrics].map(({ resource }: { readonly resource: Resource }) =>
        factsOf(resource.attributes),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}

/** Ids are bytes, here in base64. */
function hex(bytes: string | undefined): string {
  return Buffer.from(bytes ?? "", "base64").toString("hex");
}

function factsOf(attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: AnyValue): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(plain);
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue;
}
