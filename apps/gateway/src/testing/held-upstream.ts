import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";

import { until } from "./until.ts";

/** An upstream whose streams begin at once and end when they are told to. */
export interface HeldUpstream extends AsyncDisposable {
  readonly url: string;
  /** The `x-api-key` of each request. */
  readonly keys: readonly unknown[];
  /** Resolves once this many streams have begun. */
  begun(count: number): Promise<void>;
  /** Ends the streams of now. */
  finish(): void;
}

const MESSAGE = {
  id: "msg_held",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [],
  usage: { input_tokens: 1, output_tokens: 1 },
};

export async function startHeldUpstream(): Promise<HeldUpstream> {
  const held: ServerResponse[] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers["x-api-key"]);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event({ type: "message_start", message: MESSAGE }));
    request.resume().on("end", () => held.push(response));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    keys,
    begun: (count) => until(() => held.length >= count),
    finish: () => {
      for (const response of held) response.end(event({ type: "message_stop" }));
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function event(data: Readonly<Record<string, unknown>>): string {
  return `event: ${String(data["type"])}\ndata: ${JSON.stringify(data)}\n\n`;
}
