import { startSimulator } from "@link-assistant/testkit";
import type { Simulator } from "@link-assistant/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { runCommand } from "../testing/command-line.ts";
import type { Outcome } from "../testing/command-line.ts";
import { startHarness } from "../testing/harness.ts";
import { freePort, takePort } from "../testing/ports.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";

const KEY = "sk-right-1";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ credentials: [KEY] });
});
afterAll(() => simulator.close());

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

function doctor(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Outcome> {
  const places = { DATA_DIR: directory.path, UPSTREAM_BASE_URL: simulator.url, ROUTER_PORT: "0" };
  return runCommand(directory.path, ["doctor", ...args], { ...places, ...env });
}

test("finds everything in order", async () => {
  const port = await freePort();
  const env = { ANTHROPIC_API_KEY: KEY, ROUTER_PORT: String(port) };
  const { code, out, err } = await doctor(env);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.trimEnd().split("\n")).toEqual([
    "ok       configuration: valid",
    "ok       data directory and database: usable, 0 router tokens",
    `ok       port ${port}: free`,
    expect.stringMatching(/^ok {7}account anthropic: answers, \d+ models$/),
  ]);
  expect(JSON.parse((await doctor(env, "--json")).out)).toMatchObject({ healthy: true, findings: { length: 4 } });
});

test("takes a gateway that runs there already for good", async () => {
  await using harness = await startHarness();
  const { code, out } = await doctor({ ANTHROPIC_API_KEY: KEY, ROUTER_PORT: new URL(harness.url).port });
  expect(code).toBe(0);
  expect(out).toMatch(/^ok {7}port \d+: the gateway runs there$/m);
});

test("finds everything that is wrong at once", async () => {
  const other = await startSimulator();
  directory.write("router.sqlite", "this is no database, but it is long enough to be looked at".repeat(50));
  const { code, out, err } = await doctor({ ANTHROPIC_API_KEY: "sk-wrong-1", ROUTER_PORT: String(other.port) });
  await other.close();
  expect({ code, err }).toEqual({ code: 1, err: "" });
  expect(out.trimEnd().split("\n")).toEqual([
    "ok       configuration: valid",
    expect.stringMatching(/^PROBLEM {2}data directory and database: .* is damaged.*Move it away/),
    expect.stringMatching(/^PROBLEM {2}port \d+: Cannot listen .*EADDRINUSE.*ROUTER_PORT/),
    "PROBLEM  account anthropic: the upstream answered 401",
  ]);
  expect(out).not.toContain("sk-");
});

test("says that an account is missing, that a directory is not one and that an address is not of this machine", async () => {
  const env = { DATA_DIR: directory.write("file", ""), ROUTER_HOST: "192.0.2.1" };
  const { code, out } = await doctor(env, "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    healthy: false,
    findings: [
      { check: "configuration", ok: true, says: "valid" },
      { check: "data directory and database", ok: false, says: expect.stringContaining("cannot be made (EEXIST)") },
      { check: "port 0", ok: false, says: expect.stringContaining("EADDRNOTAVAIL") },
      { check: "accounts", ok: false, says: "none is configured; set ANTHROPIC_API_KEY" },
    ],
  });
});

test("does not wait for a port that never answers", async () => {
  await using taken = await takePort();
  const { code, out } = await doctor({ ANTHROPIC_API_KEY: KEY, ROUTER_PORT: String(taken.port) });
  expect(code).toBe(1);
  expect(out).toMatch(/^PROBLEM {2}port .*EADDRINUSE/m);
});

test("cannot begin without a configuration that can be read", async () => {
  const { code, out, err } = await doctor({ ROUTER_PORT: "x" });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe("The configuration cannot be used:\n  ROUTER_PORT: expected a whole number\n");
});
