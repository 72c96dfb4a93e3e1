import { join } from "node:path";

import { ledgerEntry, tokenRecord } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openSqliteStore } from "../stores/sqlite.ts";
import { runCommand } from "../testing/command-line.ts";
import type { Outcome } from "../testing/command-line.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";

const ALICE = tokenRecord({ label: "alice" });
const HOUR_MS = 3_600_000;

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = temporaryDirectory();
  directory.write(
    "router.config.json",
    JSON.stringify({ dataDir: join(directory.path, "data"), prices: { "gpt-*": { input: 2, output: 4 } } }),
  );
  // Makes the data directory.
  await usage();
  const store = openSqliteStore({ path: join(directory.path, "data", "router.sqlite") });
  await store.tokens.put(ALICE);
  const nowMs = Date.now();
  const entries = [
    { model: "claude-opus-5-5", costNanoUsd: 1_500_000_000, tokenId: ALICE.id, ago: 1 },
    { model: "gpt-5.5", costNanoUsd: null, usage: { input: 1000, output: 500 }, upstream: "openai", ago: 2 },
    { model: "gpt-5.5", costNanoUsd: 250_000_000, status: 500, ago: 30 },
  ];
  for (const { ago, ...entry } of entries)
    await store.ledger.append(ledgerEntry({ durationMs: 0, ...entry, startedAtMs: nowMs - ago * HOUR_MS }));
  await store.close();
});
afterEach(() => directory[Symbol.dispose]());

function usage(...args: readonly string[]): Promise<Outcome> {
  return runCommand(directory.path, ["usage", ...args]);
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await usage(...args, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out).data;
}

describe("usage", () => {
  test("is of the last day, in one line", async () => {
    const { out } = await usage();
    expect(out).toMatch(
      /^ALL +REQUESTS +ERRORS +INPUT .* COST +UNPRICED\ntotal +2 +0 +1,000 +0 +0 +500 +\$1\.5000 +1\n$/,
    );
  });

  test("is of any time, divided by model, the dearest first, with a total", async () => {
    const { out } = await usage("--since", "2d", "--by", "model");
    expect(out.split("\n").map((line) => line.split(/ {2,}/)[0])).toEqual([
      "MODEL",
      "claude-opus-5-5",
      "gpt-5.5",
      "total",
      "",
    ]);
    expect(await json("--since", "2d", "--by", "model")).toMatchObject([
      { group: "claude-opus-5-5", requests: 1, cost_usd: 1.5, unpriced: 0 },
      { group: "gpt-5.5", requests: 2, errors: 1, cost_usd: 0.25, unpriced: 1 },
    ]);
  });

  test("knows tokens by their labels", async () => {
    expect(await json("--by", "token")).toMatchObject([
      { group: ALICE.id, label: "alice", cost_usd: 1.5 },
      { group: null, label: null },
    ]);
  });

  test("may be divided by day", async () => {
    const rows = await json("--since", "3d", "--by", "day");
    expect(rows.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(3);
    for (const { at } of rows) expect(at).toMatch(/T00:00:00\.000Z$/);
  });

  test("is printed as CSV", async () => {
    const { out } = await usage("--csv", "--by", "model");
    expect(out.split("\r\n")[0]).toMatch(/^at,group,requests,errors,/);
  });

  test.each([
    [["--since", "yesterday"], "It must be an ISO 8601 time"],
    [["--by", "colour"], "Allowed choices are model, account, token, surface, day."],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await usage(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("usage exchanges", () => {
  test("lists them, the last ended first, and those alone that are asked for", async () => {
    expect((await json("exchanges", "--since", "2d")).map(({ model }) => model)).toEqual([
      "claude-opus-5-5",
      "gpt-5.5",
      "gpt-5.5",
    ]);
    expect(await json("exchanges", "--since", "2d", "--errors")).toMatchObject([{ status: 500 }]);
    expect((await usage("exchanges")).out).toMatch(/alice +claude-opus-5-5 +primary +200 +complete/);
  });
});

describe("usage reprice", () => {
  test("computes costs anew with the prices of now", async () => {
    const { out } = await usage("reprice", "--since", "3h");
    // The other one has a usage of nothing, of which no cost is known.
    expect(out).toMatch(
      /^2 exchanges have another cost now \(@pydantic\/genai-prices .* with 1 of the configuration\)\.\n$/,
    );
    const [opus, gpt] = await json("exchanges", "--since", "2d");
    expect([opus?.["cost_usd"], gpt?.["cost_usd"]]).toEqual([null, 0.004]);
  });
});

describe("a time by day that is too long", () => {
  test("is refused in a sentence", async () => {
    const { code, err } = await usage("--by", "day", "--since", "2010-01-01");
    expect({ code, err }).toEqual({ code: 2, err: "`--by day` takes at most 2000 days; name a later `--since`.\n" });
  });
});

describe("CSV of nothing", () => {
  test.each([[["--csv"]], [["--by", "token", "--csv"]], [["exchanges", "--csv"]]])(
    "names its columns: %j",
    async (args) => {
      const { out } = await usage("--since", "2001-01-01", "--until", "2001-01-02", ...args);
      expect(out).toMatch(/^[a-z_0-9]+(,[a-z_0-9]+)+\r\n$/);
    },
  );
});
