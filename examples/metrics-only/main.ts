import { once } from "node:events";
import { createServer } from "node:http";
import { createMetrics, PROMETHEUS_CONTENT_TYPE } from "@link-assistant/metrics";

const metrics = createMetrics({ env: process.env, onExportError: console.error });

// What a gateway would say of three exchanges, one of them failed.
metrics.recordTokenIssued();
metrics.recordRequest("anthropic_messages", 200, "primary");
metrics.recordBytes(412, 1893);
metrics.recordRequest("openai_chat_completions", 200, "primary");
metrics.recordBytes(230, 978);
metrics.recordRequest("openai_chat_completions", 500, "account-1");
metrics.recordBytes(230, 61);

const server = createServer((request, response) => {
  if (request.url !== "/metrics") {
    response.writeHead(404).end();
    return;
  }
  metrics.renderPrometheus().then(
    (text) => response.writeHead(200, { "content-type": PROMETHEUS_CONTENT_TYPE }).end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
await once(server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1"), "listening");
const address = server.address();
const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/metrics`;

// What Prometheus would do every few seconds.
const scrape = await fetch(url);
console.log(`GET ${url}\n\n${await scrape.text()}`);
console.log("usage snapshot:", JSON.stringify(metrics.usageSnapshot(), null, 2));

server.close();
server.closeAllConnections();
await metrics.shutdown();
