import { join } from "node:path";

import { parseConfig } from "@link-assistant/core";
import { startSimulator } from "@link-assistant/testkit";
import type { Simulator } from "@link-assistant/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { openSqliteStore } from "../stores/sqlite.ts";
import { runCommand } from "../testing/command-line.ts";
import type { Outcome } from "../testing/command-line.ts";
import { freePort } from "../testing/ports.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { probeAccounts } from "./probe.ts";

const KEY = "sk-right-1";
const WRONG = "sk-wrong-1";

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

function accounts(given: readonly object[], args: readonly string[], baseUrl = simulator.url): Promise<Outcome> {
  const config = { accounts: given, upstreams: { anthropic: { baseUrl } } };
  directory.write("router.config.json", JSON.stringify(config));
  return runCommand(directory.path, ["accounts", ...args], { RIGHT: KEY });
}

const RIGHT = { name: "right", kind: "api-key", key: { env: "RIGHT" }, priority: 2 };
const REFUSED = { name: "refused", kind: "bearer", token: WRONG };

describe("list", () => {
  test("shows what is configured, without a secret", async () => {
    const { code, out } = await accounts([RIGHT, REFUSED], ["list"]);
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/^NAME +UPSTREAM +KIND +PRIORITY +STATE$/),
      expect.stringMatching(/^right +anthropic +api-key +2 +ready$/),
      expect.stringMatching(/^refused +anthropic +bearer +0 +ready$/),
      "",
    ]);
    const asJson = await accounts([RIGHT, REFUSED], ["list", "--json"]);
    expect(JSON.parse(asJson.out)).toEqual({
      accounts: [
        { name: "right", upstream: "anthropic", kind: "api-key", priority: 2, weight: 1, rests: [] },
        { name: "refused", upstream: "anthropic", kind: "bearer", priority: 0, weight: 1, rests: [] },
      ],
    });
    expect(out + asJson.out).not.toMatch(/sk-/);
  });

  test("may be empty", async () => {
    expect(await accounts([], ["list"])).toMatchObject({ code: 0, out: expect.stringMatching(/^NAME.*\n$/) });
  });
});

describe("test", () => {
  test("succeeds with a key that is taken", async () => {
    const { code, out, err } = await accounts([RIGHT], ["test"]);
    expect({ code, out, err }).toEqual({ code: 0, out: expect.stringMatching(/^right +ok, \d+ models$/m), err: "" });
    const asJson = await accounts([RIGHT], ["test", "right", "--json"]);
    expect(JSON.parse(asJson.out)).toEqual({ accounts: [{ name: "right", ok: true, models: expect.any(Number) }] });
    expect(simulator.leaks).toEqual([]);
  });

  test("takes a credentials directory", async () => {
    directory.write("auth.json", JSON.stringify({ access_token: KEY }));
    const given = { name: "dir", kind: "credentials-dir", directory: directory.path };
    expect(await accounts([given], ["test"])).toMatchObject({ code: 0, out: expect.stringMatching(/^dir +ok, /m) });
  });

  test("fails with a wrong one and goes on with the others, as it does when nothing can be read", async () => {
    const unset = { name: "unset", kind: "api-key", key: { env: "UNSET" } };
    const unfit = { name: "unfit", kind: "api-key", key: "sk with spaces" };
    const empty = { name: "empty", kind: "credentials-dir", directory: directory.path };
    const { code, out, err } = await accounts([REFUSED, unset, unfit, empty, RIGHT], ["test", "--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toEqual({
      accounts: [
        { name: "refused", ok: false, problem: "the upstream answered 401" },
        { name: "unset", ok: false, problem: "accounts[1].key: the environment variable UNSET is not set" },
        {
          name: "unfit",
          ok: false,
          problem: "accounts[2].key: expected visible ASCII characters, as a header can carry them",
        },
        { name: "empty", ok: false, problem: expect.stringMatching(/^credential cannot be read: there is none of /) },
        { name: "right", ok: true, models: expect.any(Number) },
      ],
    });
    expect(out).not.toMatch(/sk-|sk with/);
  });

  test("of one account leaves the others alone, and names its own field", async () => {
    const unset = { name: "unset", kind: "api-key", key: { file: "/nowhere/key" } };
    const { code, out } = await accounts([REFUSED, unset], ["test", "unset"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^unset +accounts\[1\]\.key: the file \/nowhere\/key cannot be read \(ENOENT\)$/m);
    expect(out).not.toContain("refused");
  });

  test("says why when nothing listens, also on a host with two addresses", async () => {
    const port = await freePort();
    for (const host of ["127.0.0.1", "localhost"]) {
      const { code, out } = await accounts([RIGHT], ["test"], `http://${host}:${port}`);
      expect(code).toBe(1);
      expect(out).toMatch(/^right +.*ECONNREFUSED/m);
    }
  });

  test("needs an account, and one of that name", async () => {
    expect(await accounts([], ["test"])).toEqual({ code: 2, out: "", err: "No account is configured.\n" });
    expect(await accounts([RIGHT], ["test", "wrong"])).toEqual({
      code: 2,
      out: "",
      err: "There is no account named wrong.\n",
    });
  });

  test("asks with the betas of the account", async () => {
    const config = parseConfig({
      accounts: [{ name: "a", kind: "api-key", key: KEY, betas: ["beta-1"] }],
      upstreams: { anthropic: { baseUrl: `${simulator.url}/` } },
    });
    expect(await probeAccounts(config, {})).toMatchObject([{ ok: true }]);
    expect(simulator.requests.at(-1)?.headers).toMatchObject({ "x-api-key": KEY, "anthropic-beta": "beta-1" });
  });
});

describe("reset", () => {
  test("makes an account ready that rests in the store, and its models", async () => {
    await accounts([RIGHT], ["list"]);
    const path = join(directory.path, ".local", "share", "link-assistant-router", "router.sqlite");
    const store = openSqliteStore({ path });
    const state = { kind: "broken", untilMs: Date.now() + 60_000, reason: "billing", failures: 1 } as const;
    for (const model of [null, "claude-opus-5-5"])
      await store.accountStates.put({ account: "right", model, state, changedAtMs: Date.now() });
    await store.close();

    const { out } = await accounts([RIGHT], ["list"]);
    expect(out).toMatch(/right +anthropic +api-key +2 +all models broken until .*; claude-opus-5-5 broken until /);
    expect(await accounts([RIGHT], ["reset", "right"])).toMatchObject({
      code: 0,
      out: "The account right is ready.\n",
    });
    expect((await accounts([RIGHT], ["list"])).out).toMatch(/ready\n$/);
  });

  test("refuses a name that is none", async () => {
    expect(await accounts([RIGHT], ["reset", "nobody"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("There is no account named nobody."),
    });
  });
});
