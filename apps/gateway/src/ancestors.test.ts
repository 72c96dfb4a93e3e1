import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { isPackageManager, watchPackageManager } from "./ancestors.ts";
import { MAIN, environmentOf, follow } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import type { TemporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";

/** As npx does: starts the program as a child and passes no signal on. Leaves the ids of both. */
const NPX = `#!/bin/sh
echo $$ > npx.pid
"$NODE" "$MAIN" --port 0 &
echo $! > gateway.pid
wait
`;

/** Does not take note of children that have ended, which therefore stay as zombies. */
const CARELESS_PARENT = "./npx & exec sleep 600 > sleep.out 2>&1";

const PARENT = "./npx";

describe.concurrent("a gateway below npx ends when npx", () => {
  test.each([
    ["is killed", PARENT, "SIGKILL"],
    ["is told to end", PARENT, "SIGTERM"],
    ["is killed, and nobody takes note", CARELESS_PARENT, "SIGKILL"],
  ] as const)("%s", async (_name, script, signal) => {
    using directory = temporaryDirectory();
    chmodSync(directory.write("npx", NPX), 0o755);
    const env = environmentOf(directory.path, {
      NODE: process.execPath,
      MAIN,
      ANTHROPIC_API_KEY: "sk-test",
      npm_config_user_agent: "npm/12.0.0 node/v26.0.0 linux x64",
    });
    await using parent = follow(spawn("sh", ["-c", script], { cwd: directory.path, env }));
    let closed = false;
    parent.child.stdout?.once("end", () => (closed = true));
    try {
      await parent.url();
      process.kill(pidIn(directory, "npx.pid"), signal);
      await until(() => closed);
      expect(parent.written.err).toMatch(/"the package manager that started the gateway is gone".*"stopped"/s);
    } finally {
      // Only while it has to be there: later on its id may be another program's.
      if (!closed && existsSync(join(directory.path, "gateway.pid")))
        process.kill(pidIn(directory, "gateway.pid"), "SIGKILL");
    }
  });
});

function pidIn(directory: TemporaryDirectory, name: string): number {
  return Number(readFileSync(join(directory.path, name), "utf8"));
}

test("without a package manager in the environment nothing is watched", () => {
  vi.useFakeTimers();
  const unwatch = watchPackageManager({ PATH: "/bin" }, () => {});
  expect(vi.getTimerCount()).toBe(0);
  unwatch();
  vi.useRealTimers();
});

test.each([
  [["npm exec pnpm@12 start", ""]],
  [["npm run dev"]],
  [["npx"]],
  [["pnpm", "start"]],
  [["/usr/local/bin/pnpm", "start"]],
  [["node", "/usr/bin/npx", "-y", "x"]],
  [["/opt/node/bin/node", "/opt/node/lib/node_modules/npm/bin/npm-cli.js", "start"]],
  [["node", "/opt/my tools/pnpm.cjs", "start"]],
  [["/bin/sh", "/tmp/npx"]],
])("%j is a package manager", (words) => expect(isPackageManager(words)).toBe(true));

test.each([
  [["sh", "-c", "npm start"]],
  [["bash", "/home/npm/run.sh"]],
  [["/home/me/npm/node", "server.js"]],
  [["node", "/app/node_modules/.pnpm/vitest/vitest.mjs"]],
  [["npmx", "start"]],
  [["vim", "npm.md"]],
  [[""]],
])("%j is none", (words) => expect(isPackageManager(words)).toBe(false));
