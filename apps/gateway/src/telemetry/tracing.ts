import type { IncomingHttpHeaders } from "node:http";

import { milliseconds } from "@link-assistant/metrics/otlp";
import type { OtlpTarget } from "@link-assistant/metrics/otlp";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { TextMapGetter } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

import type { Environment } from "../config/environment.ts";
import { ExchangeTrace } from "./exchange-trace.ts";
import { exporterConfig, telling } from "./exporting.ts";
import type { SenderResource } from "./exporting.ts";
import { MAX_TEXT } from "./limits.ts";
import { samplerFrom } from "./sampler.ts";

/** Traces exchanges. */
export interface Tracing {
  /** Begins the trace of an exchange, or goes on with the one that the client's headers name. */
  begin(route: string, headers: IncomingHttpHeaders): ExchangeTrace;
  /** The headers that let the upstream of the attempt under way go on with the trace. */
  headersFor(exchange: ExchangeTrace): Readonly<Record<string, string>>;
  /** Pushes what is left. */
  shutdown(): Promise<void>;
}

/** Spans that wait to be pushed; what comes when there are so many is dropped. */
const MAX_WAITING = 2048;

const getter: TextMapGetter<IncomingHttpHeaders> = {
  get: (headers, name) => headers[name],
  keys: (headers) => Object.keys(headers),
};

/** Pushes spans to this target. Throws an `EnvironmentError` for a variable that cannot be used. */
export function startTracing(
  target: OtlpTarget,
  env: Environment,
  { resource, tell }: { readonly resource: SenderResource; readonly tell: (message: string) => void },
): Tracing {
  const sampler = samplerFrom(env);
  const delay = milliseconds(env, "OTEL_BSP_SCHEDULE_DELAY");
  const processor = new BatchSpanProcessor({
    exporter: telling(new OTLPTraceExporter(exporterConfig(target)), { what: "spans", url: target.url, tell }),
    maxQueueSize: MAX_WAITING,
    ...(delay !== undefined && { scheduledDelayMillis: delay }),
  });
  const provider = new TracerProvider({
    sampler,
    spanProcessors: [processor],
    spanLimits: { attributeValueLengthLimit: MAX_TEXT },
    ...(resource !== undefined && { resource }),
  });
  const tracer = provider.getTracer("@link-assistant/gateway");
  const propagator = new W3CTraceContextPropagator();
  return {
    begin: (route, headers) => new ExchangeTrace(tracer, route, propagator.extract(ROOT_CONTEXT, headers, getter)),
    headersFor: (exchange) => {
      const headers: Record<string, string> = {};
      propagator.inject(exchange.attemptContext, headers, {
        set: (_carrier, name, value) => {
          headers[name] = value;
        },
      });
      return headers;
    },
    shutdown: () => provider.shutdown(),
  };
}
