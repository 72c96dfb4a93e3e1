/** The generated classes of the OTLP specification, which come without types: the parts that the tests use. */
declare module "otlp-proto/build/src/generated/root.js" {
  /** A value of an attribute; only one of these is set. */
  interface AnyValue {
    readonly stringValue?: string;
    readonly intValue?: number;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
    readonly arrayValue?: { readonly values: readonly AnyValue[] };
  }

  interface KeyValue {
    readonly key: string;
    readonly value: AnyValue;
  }

  interface Resource {
    readonly attributes: readonly KeyValue[];
  }

  interface Metric {
    readonly name: string;
    readonly unit: string;
    readonly description: string;
    /** Absent for anything but a sum. */
    readonly sum?: {
      readonly isMonotonic: boolean;
      readonly aggregationTemporality: string;
      readonly dataPoints: readonly {
        readonly attributes: readonly KeyValue[];
        /** Whole numbers are in this one, others in the other. */
        readonly asInt?: number;
        readonly asDouble?: number;
      }[];
    };
  }

  /** One push of metrics, in the names of the protobuf definition. */
  interface MetricsPush {
    readonly resourceMetrics: readonly {
      readonly resource: Resource;
      readonly scopeMetrics: readonly {
        readonly scope: { readonly name: string };
        readonly metrics: readonly Metric[];
      }[];
    }[];
  }

  /** Ids are in base64. */
  interface Span {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly kind: string;
    readonly startTimeUnixNano: number;
    readonly endTimeUnixNano: number;
    readonly attributes: readonly KeyValue[];
    readonly status?: { readonly code?: string };
  }

  interface TracesPush {
    readonly resourceSpans: readonly {
      readonly resource: Resource;
      readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
    }[];
  }

  interface LogRecord {
    readonly severityText: string;
    readonly body: AnyValue;
    readonly attributes: readonly KeyValue[];
    readonly traceId?: string;
    readonly spanId?: string;
  }

  interface LogsPush {
    readonly resourceLogs: readonly {
      readonly resource: Resource;
      readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[];
    }[];
  }

  interface PushClass<Push> {
    decode(body: Uint8Array): unknown;
    toObject(
      message: unknown,
      options: { longs: NumberConstructor; enums: StringConstructor; bytes?: StringConstructor; arrays: true },
    ): Push;
  }

  const root: {
    readonly opentelemetry: {
      readonly proto: {
        readonly collector: {
          readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: PushClass<MetricsPush> } };
          readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: PushClass<TracesPush> } };
          readonly logs: { readonly v1: { readonly ExportLogsServiceRequest: PushClass<LogsPush> } };
        };
      };
    };
  };
  export default root;
  export type { AnyValue, KeyValue, LogRecord, LogsPush, MetricsPush, MetricsPush as Push, Resource, Span, TracesPush };
}
