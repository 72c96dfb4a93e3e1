import { once } from "node:events";
import { createServer } from "node:http";

import { Reception } from "./reception.ts";
import type { Service } from "./service.ts";
import type { CommonOptions, Simulator } from "./simulator.ts";

const MAX_HEADER_BYTES = 65_536;
/** Longer than clients keep a connection they do not use, so that none is closed under a request. */
const KEEP_ALIVE_TIMEOUT_MS = 300_000;

/** Starts a simulated service on 127.0.0.1; rejects when the port is taken. */
export async function serve(service: Service, { port: wanted = 0, keep }: CommonOptions): Promise<Simulator> {
  const reception = new Reception(service, keep);
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    (message, response) => void reception.receive(message, response),
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    reception.noteMalformed(error.code);
    socket.destroy();
  });
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: reception.requests.entries,
    billed: reception.billed.entries,
    leaks: reception.leaks.entries,
    get open() {
      return reception.open;
    },
    get aborted() {
      return reception.aborted;
    },
    idle: () => reception.idle(),
    close: async () => {
      if (!server.listening) return;
      reception.close();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
