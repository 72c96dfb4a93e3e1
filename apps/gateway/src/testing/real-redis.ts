import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";

import { freePort } from "./ports.ts";
import { canRun, startServer, stopServer } from "./real-server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { until } from "./until.ts";

/** A Redis of the tests' own, which keeps nothing. */
export interface RealRedis extends AsyncDisposable {
  readonly url: string;
  /** Ends the server; what it held is gone. */
  stop(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

/** Whether there is a Redis to start. */
export const hasRedis: boolean = canRun("redis-server", "--version");

export async function startRedis(): Promise<RealRedis> {
  const directory = temporaryDirectory();
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    server = startServer("redis-server", args, directory.path);
    await until(() => answers(port));
  };
  const stop = async (): Promise<void> => {
    if (server !== undefined) await stopServer(server);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      directory[Symbol.dispose]();
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.on("error", () => resolve(false));
    socket.on("data", (data) => {
      resolve(data.toString().startsWith("+PONG"));
      socket.destroy();
    });
  });
}
