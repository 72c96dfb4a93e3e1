import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import generated, { type Push } from "otlp-proto/build/src/generated/root.js";

/** What the receiver does with a push: answers with this status, or never answers. */
export type Answer = number | "never";

/** A push that arrived. */
export interface Arrival {
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly push: Push;
}

/** A collector on loopback that takes OTLP over HTTP in protobuf. */
export interface Receiver extends Disposable {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
}

const { ExportMetricsServiceRequest } = generated.opentelemetry.proto.collector.metrics.v1;

async function read(request: IncomingMessage): Promise<Arrival> {
  const body = await buffer(request);
  const message = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const push = ExportMetricsServiceRequest.toObject(ExportMetricsServiceRequest.decode(message), {
    longs: Number,
    enums: String,
    arrays: true,
  });
  return { path: request.url, headers: request.headers, push };
}

/** Starts a receiver on a free port. */
export async function startReceiver(answer: Answer = 200): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    void read(request).then((arrival) => {
      arrivals.push(arrival);
      if (answer !== "never") response.writeHead(answer).end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
