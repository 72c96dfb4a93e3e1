import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, it } from "vitest";

import { openSqliteStore } from "./sqlite.ts";

const program = fileURLToPath(new URL("testing/write-records.ts", import.meta.url));
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "processes-"));
  path = join(directory, "router.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true }));

it("has everything that was acknowledged before kill -9", async () => {
  const child = writer(Infinity);
  const printed = await lines(child, (count) => count === 25 && child.kill("SIGKILL"));

  expect(child.signalCode).toBe("SIGKILL");
  expect(printed.length).toBeGreaterThanOrEqual(25);
  expect(await keptTokens()).toEqual(expect.arrayContaining(printed));
  expect(keptEntries()).toEqual(expect.arrayContaining(printed));
});

it("has everything that two processes wrote into a new database at once", async () => {
  const printed = (await Promise.all([lines(writer(60)), lines(writer(60))])).flat();

  expect(printed).toHaveLength(120);
  expect((await keptTokens()).toSorted()).toEqual(printed.toSorted());
  expect(keptEntries().toSorted()).toEqual(printed.toSorted());
});

type Writer = ChildProcessByStdio<null, Readable, null>;

function writer(count: number): Writer {
  return spawn(process.execPath, [program, path, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
}

/** All lines that the program printed until its end; `onLine` is told how many there are so far. */
async function lines(child: Writer, onLine: (count: number) => void = () => {}): Promise<string[]> {
  const ended = once(child, "exit");
  const printed: string[] = [];
  for await (const line of createInterface(child.stdout)) onLine(printed.push(line));
  await ended;
  return printed;
}

async function keptTokens(): Promise<string[]> {
  const store = openSqliteStore({ path });
  const records = await store.tokens.list();
  await store.close();
  return records.map(({ id }) => id);
}

/** Past the store, which gives at most a thousand. */
function keptEntries(): string[] {
  using db = new DatabaseSync(path);
  return db
    .prepare("SELECT id FROM ledger")
    .all()
    .map((row) => String(row["id"]));
}
