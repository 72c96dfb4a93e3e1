import type { OtlpTarget } from "@link-assistant/metrics/otlp";
import { ROOT_CONTEXT, SeverityNumber, trace } from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";

import { isJsonObject } from "../body.ts";
import type { JsonObject } from "../body.ts";
import { exporterConfig, telling } from "./exporting.ts";
import type { SenderResource } from "./exporting.ts";
import { MAX_TEXT } from "./limits.ts";

/** Pushes log lines. */
export interface LogExport {
  /** Takes a line of the log: one JSON object. */
  readonly write: (line: string) => void;
  /** Pushes what is left. */
  readonly shutdown: () => Promise<void>;
}

/** Lines that wait to be pushed; what comes when there are so many is dropped. */
const MAX_WAITING = 2048;

/** How the log's levels are called in OpenTelemetry. */
const SEVERITIES: Readonly<Record<number, readonly [SeverityNumber, string]>> = {
  20: [SeverityNumber.DEBUG, "DEBUG"],
  30: [SeverityNumber.INFO, "INFO"],
  40: [SeverityNumber.WARN, "WARN"],
  50: [SeverityNumber.ERROR, "ERROR"],
  60: [SeverityNumber.FATAL, "FATAL"],
};

/** Pushes the log to this target as well. */
export function startLogExport(
  target: OtlpTarget,
  { resource, tell }: { readonly resource: SenderResource; readonly tell: (message: string) => void },
): LogExport {
  const processor = new BatchLogRecordProcessor({
    exporter: telling(new OTLPLogExporter(exporterConfig(target)), { what: "logs", url: target.url, tell }),
    maxQueueSize: MAX_WAITING,
  });
  const provider = new LoggerProvider({
    processors: [processor],
    logRecordLimits: { attributeValueLengthLimit: MAX_TEXT },
    ...(resource !== undefined && { resource }),
  });
  const logger = provider.getLogger("@link-assistant/gateway");
  return {
    write: (line) => {
      const entry: unknown = JSON.parse(line);
      if (!isJsonObject(entry)) return;
      const { level, time, msg, trace_id: traceId, span_id: spanId, err, ...facts } = entry;
      const [severityNumber, severityText] = SEVERITIES[Number(level)] ?? [SeverityNumber.UNSPECIFIED, ""];
      logger.emit({
        severityNumber,
        severityText,
        timestamp: Date.parse(String(time)),
        body: typeof msg === "string" ? msg : "",
        attributes: { ...attributesOf(facts), ...exceptionOf(err) },
        context: contextOf(traceId, spanId),
      });
    },
    shutdown: () => provider.shutdown(),
  };
}

function contextOf(traceId: unknown, spanId: unknown): Context {
  if (typeof traceId !== "string" || typeof spanId !== "string") return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });
}

/** What is no plain value stands as JSON. */
function attributesOf(facts: JsonObject): Attributes {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, isPlain(value) ? value : JSON.stringify(value)]),
  );
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** An error as the conventions name its parts. */
function exceptionOf(error: unknown): Attributes {
  if (!isJsonObject(error)) return {};
  const { type, message, stack } = error;
  return attributesOf({ "exception.type": type, "exception.message": message, "exception.stacktrace": stack });
}
