import type { Server } from "node:http";

/** Longer than any pause between two rounds, so that no connection is opened while it is measured. In milliseconds. */
const KEEP_ALIVE_MS = 300_000;

/** Listens on a free port, says where on standard output, and ends the process when its parent is gone. */
export function listen(server: Server): void {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    process.stdout.write(`listens on http://127.0.0.1:${port}\n`);
  });
  process.stdin.on("end", () => process.exit()).resume();
}
