/** The generated classes of the OTLP specification, which come without types: the parts that the tests use. */
declare module "otlp-proto/build/src/generated/root.js" {
  interface Attribute {
    readonly key: string;
    readonly value: { readonly stringValue: string };
  }

  /** One push of metrics, in the names of the protobuf definition. */
  export interface Push {
    readonly resourceMetrics: readonly {
      readonly resource: { readonly attributes: readonly Attribute[] };
      readonly scopeMetrics: readonly {
        readonly scope: { readonly name: string };
        readonly metrics: readonly {
          readonly name: string;
          readonly unit: string;
          readonly description: string;
          readonly sum: {
            readonly isMonotonic: boolean;
            readonly aggregationTemporality: string;
            readonly dataPoints: readonly {
              readonly attributes: readonly Attribute[];
              /** Whole numbers are in this one, others in the other. */
              readonly asInt?: number;
              readonly asDouble?: number;
            }[];
          };
        }[];
      }[];
    }[];
  }

  interface PushClass {
    decode(body: Uint8Array): unknown;
    toObject(message: unknown, options: { longs: NumberConstructor; enums: StringConstructor; arrays: true }): Push;
  }

  interface MetricsService {
    readonly v1: { readonly ExportMetricsServiceRequest: PushClass };
  }

  const root: {
    readonly opentelemetry: { readonly proto: { readonly collector: { readonly metrics: MetricsService } } };
  };
  export default root;
}
