import { once } from "node:events";
import { createServer } from "node:net";

/** A port of 127.0.0.1 on which connections are taken and never answered. */
export interface TakenPort extends AsyncDisposable {
  readonly port: number;
}

export async function takePort(): Promise<TakenPort> {
  const sockets = new Set<Disposable>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.add({ [Symbol.dispose]: () => void socket.destroy() });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a port was expected");
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket[Symbol.dispose]();
      server.close();
      await once(server, "close");
    },
  };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  await using taken = await takePort();
  return taken.port;
}
