import { spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Client } from "pg";

import { freePort } from "./ports.ts";
import { startServer, stopServer } from "./real-server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { until } from "./until.ts";

/** A PostgreSQL of the tests' own. */
export interface RealPostgres extends AsyncDisposable {
  /** The address of a place where nothing is yet, a new one at each call: a schema, which is made sooner than a database. */
  newPlace(): Promise<string>;
  /** Runs a statement as the superuser. */
  run(statement: string): Promise<void>;
  /** Kills the server; what was committed stays. */
  stop(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

const DEBIAN = "/usr/lib/postgresql";
const binaries = existsSync(DEBIAN)
  ? readdirSync(DEBIAN)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN, version, "bin"))
      .find((directory) => existsSync(join(directory, "initdb")))
  : undefined;

/** Whether there is a PostgreSQL to start. */
export const hasPostgres: boolean = binaries !== undefined;

/** It does not run as root: then as the user that its package has made. */
const AS_USER = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

function command(program: string, ...args: readonly string[]): [string, ...string[]] {
  const [first, ...more] = AS_USER;
  return first === undefined ? [program, ...args] : [first, ...more, program, ...args];
}

export async function startPostgres(): Promise<RealPostgres> {
  if (binaries === undefined) throw new Error("there is no PostgreSQL to start");
  const directory = temporaryDirectory();
  const data = join(directory.path, "data");
  chmodSync(directory.path, 0o777);
  const [initdb, ...args] = command(join(binaries, "initdb"), "-D", data, "-U", "tests", "-A", "trust", "-N");
  const made = spawnSync(initdb, args, { encoding: "utf8", cwd: directory.path });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const url = `postgres://tests@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = ["-D", data, "-p", String(port), "-k", "", "-h", "127.0.0.1", "-c", "fsync=off"];
    const [program, ...rest] = command(join(binaries, "postgres"), ...options);
    server = startServer(program, rest, directory.path);
    await until(
      () =>
        runAt(url, "SELECT 1").then(
          () => true,
          () => false,
        ),
      30_000,
    );
  };
  const stop = async (): Promise<void> => {
    // SIGQUIT: at once, without a checkpoint.
    if (server !== undefined) await stopServer(server, "SIGQUIT");
  };
  await start();
  let places = 0;
  return {
    newPlace: async () => {
      const schema = `place${(places += 1)}`;
      await runAt(url, `CREATE SCHEMA ${schema}`);
      return `${url}?options=-csearch_path%3D${schema}`;
    },
    run: (statement) => runAt(url, statement),
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      directory[Symbol.dispose]();
    },
  };
}

async function runAt(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  await client.connect();
  await client.query(statement);
  await client.end();
}
