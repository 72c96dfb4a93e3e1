import { ExportResultCode } from "@opentelemetry/core";
import type { ExportResult } from "@opentelemetry/core";
import type { Metrics } from "@link-assistant/metrics";
import { exportErrorTeller } from "@link-assistant/metrics/otlp";
import type { OtlpTarget } from "@link-assistant/metrics/otlp";

/** Who pushes: the same for all signals. */
export type SenderResource = Metrics["resource"];

/** What every OTLP exporter over HTTP takes. */
export interface ExporterConfig {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly compression: OtlpTarget["compression"];
  readonly timeoutMillis: number;
  readonly httpAgentOptions: object;
}

/** The exporter's side of a target. */
export function exporterConfig({ url, headers, compression, requestTimeoutMs, tls }: OtlpTarget): ExporterConfig {
  return {
    url: url.href,
    headers,
    compression,
    timeoutMillis: requestTimeoutMs,
    httpAgentOptions: { keepAlive: true, ...tls },
  };
}

/** Anything that pushes. */
interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The same exporter, which tells of a failure once a minute: the SDK keeps it to itself. */
export function telling<Items>(
  exporter: Exporter<Items>,
  { what, url, tell }: { readonly what: string; readonly url: URL; readonly tell: (message: string) => void },
): Exporter<Items> & { forceFlush(): Promise<void> } {
  const onFailure = exportErrorTeller(what, url.origin, tell, () => performance.now());
  return {
    export: (items, done) =>
      exporter.export(items, (result) => {
        done(result);
        if (result.code === ExportResultCode.FAILED) onFailure(result.error);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
