import { statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import type { Config } from "@link-assistant/core";

/** What is read once, at the start: sockets, stores and keys. */
const NEEDS_RESTART: readonly (readonly [field: string, of: (config: Config) => unknown])[] = [
  ["server.host", ({ server }) => server.host],
  ["server.port", ({ server }) => server.port],
  ["server.maxHeaderBytes", ({ server }) => server.maxHeaderBytes],
  ["server.maxConnections", ({ server }) => server.maxConnections],
  ["tokens", ({ tokens }) => tokens],
  ["dataDir", ({ dataDir }) => dataDir],
  ["databaseUrl", ({ databaseUrl }) => databaseUrl],
  ["redisUrl", ({ redisUrl }) => redisUrl],
  ["limits", ({ limits }) => limits],
];

/** One sentence for each difference that a running gateway cannot take. */
export function changesThatNeedARestart(before: Config, after: Config): string[] {
  return NEEDS_RESTART.filter(([, of]) => !isDeepStrictEqual(of(before), of(after))).map(
    ([field]) => `${field}: it cannot change while the gateway runs; restart it`,
  );
}

const LOOK_MS = 1000;

/** Looks every second whether one of these files has changed, come or gone, until the returned function is called. */
export function watchFiles(paths: readonly string[], onChange: () => void): () => void {
  const stampOf = (): string => paths.map(stampOfFile).join();
  let stamp = stampOf();
  const timer = setInterval(() => {
    const now = stampOf();
    if (now === stamp) return;
    stamp = now;
    onChange();
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}

function stampOfFile(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
}
