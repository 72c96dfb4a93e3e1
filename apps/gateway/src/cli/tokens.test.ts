import { createHmac } from "node:crypto";
import { mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";

import { GatewayError, parseConfig } from "@link-assistant/core";
import type { TokenRecord } from "@link-assistant/core";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openKept, openTokens } from "../kept.ts";
import { runCommand } from "../testing/command-line.ts";
import type { Outcome } from "../testing/command-line.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";

const TOKEN_SECRET = "the secret of both programs";
const ID = "6fdf2800-72c6-47dc-9050-67bc66fa72fc";
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const env = (): Record<string, string> => ({ DATA_DIR: join(directory.path, "data"), TOKEN_SECRET });

function tokens(...args: readonly string[]): Promise<Outcome> {
  return runCommand(directory.path, ["tokens", ...args], { ...env(), ANTHROPIC_API_KEY: "k" });
}

/** What a command that must succeed prints with `--json`. */
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await tokens(...args, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

async function issue(...args: readonly string[]): Promise<{ token: string; id: string }> {
  const { token, id } = await json("issue", ...args);
  return { token: String(token), id: String(id) };
}

/** The record of the token in a gateway that would be started now, or the code of the fault that refuses it. */
async function verify(token: string): Promise<TokenRecord | string> {
  const kept = await openKept(
    parseConfig({ dataDir: env()["DATA_DIR"], tokens: { secret: TOKEN_SECRET } }),
    {},
    pino(),
  );
  try {
    return await (await openTokens(kept)).verify(token);
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  } finally {
    await kept.store.close();
  }
}

describe("issue", () => {
  test("shows a token that works, once", async () => {
    const { code, out, err } = await tokens("issue", "--label", "alice");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [, token = "", id] = /^(la_sk_\S+)\n\nid (\S+), expires \S+Z\. It is not shown again\.\n$/.exec(out) ?? [];
    expect(await verify(token)).toMatchObject({ id, label: "alice", account: null, scopes: ["inference"] });
    expect((await tokens("list")).out).not.toContain(token);
    expect((await tokens("show", String(id))).out).not.toContain(token);
  });

  test("takes every option", async () => {
    const given = ["--ttl-hours", "0.5", "--label", "l", "--account", "anthropic", "--scope", "inference", "observe"];
    const view = await json("issue", ...given);
    expect(view).toEqual({
      token: expect.stringMatching(/^la_sk_/),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      label: "l",
      account: "anthropic",
      scopes: ["inference", "observe"],
      issued_at: expect.any(Number),
      expires_at: Number(view["issued_at"]) + 1800,
      revoked: false,
      revoked_at: null,
      limits: {},
    });
    expect(await verify(String(view["token"]))).toMatchObject({
      account: "anthropic",
      scopes: ["inference", "observe"],
    });
  });

  test.each([
    [["--ttl-hours", "0"], "It must be above 0 and at most 87600."],
    [["--ttl-hours", "soon"], "It must be above 0 and at most 87600."],
    [["--ttl-hours", "87601"], "It must be above 0 and at most 87600."],
    [["--scope", "admin"], "Allowed choices are inference, observe."],
    [["--account", "nobody"], "There is no account named nobody in the configuration."],
    [["--label", "x".repeat(1025)], "`label` is longer than 1024 characters."],
    [["--labell", "x"], "unknown option '--labell'"],
    [["more"], "too many arguments"],
  ])("refuses %j", async (args, message) => {
    const { code, out, err } = await tokens("issue", ...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(await json("list")).toEqual({ data: [] });
  });
});

describe("limits", () => {
  const GIVEN =
    "--requests-per-minute 60 --budget-per-day 2.5 --model claude-* gpt-5.5 --surface openai_responses --address 10.0.0.0/8".split(
      " ",
    );
  const LIMITS = {
    requests_per_minute: 60,
    budget_usd_per_day: 2.5,
    models: ["claude-*", "gpt-5.5"],
    surfaces: ["openai_responses"],
    addresses: ["10.0.0.0/8"],
  };

  test("are given with the token, shown, and changed one by one", async () => {
    const { id, limits } = await json("issue", ...GIVEN);
    expect(limits).toEqual(LIMITS);
    const changed = await json(
      "limit",
      String(id),
      "--requests-per-minute",
      "none",
      "--model",
      "none",
      "--concurrent",
      "3",
    );
    const { requests_per_minute: _rate, models: _models, ...rest } = LIMITS;
    expect(changed["limits"]).toEqual({ ...rest, concurrent: 3 });
    expect((await tokens("show", String(id))).out).toMatch(/budget_usd_per_day +2\.5/);
  });

  test.each([
    [["--requests-per-minute", "0.5"], "It must be a whole number above 0."],
    [["--budget-total", "none"], "It must be a number above 0."],
    [["--surface", "chat"], "Allowed choices are anthropic_messages"],
    [["--address", "10.0.0.0/64"], "`limits.addresses.0`"],
  ])("refuse %j", async (args, message) => {
    const { code, err } = await tokens("issue", ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("list and show", () => {
  test("say so when there is none", async () => {
    expect((await tokens("list")).out).toBe("No router tokens yet. `tokens issue` makes one.\n");
    expect(await json("list")).toEqual({ data: [] });
  });

  test("show every record, oldest first, and nothing that could fool a terminal", async () => {
    const first = await issue("--label", "first \u001b[31mred\nline");
    const second = await issue("--account", "anthropic");
    const { out } = await tokens("list");
    const [head, ...rows] = out.trimEnd().split("\n");
    expect(head).toMatch(/^ID +LABEL +STATE +EXPIRES +ACCOUNT +SCOPES$/);
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^${first.id} +first �\\[31mred�line +active +\\S+Z +any +inference$`)),
      expect.stringMatching(new RegExp(`^${second.id} +active +\\S+Z +anthropic +inference$`)),
    ]);
    expect(await json("list")).toMatchObject({ data: [{ id: first.id }, { id: second.id }] });
    expect((await tokens("show", second.id)).out).toMatch(/^FIELD +VALUE\nid +\S+\nlabel\nstate +active\nissued /);
    expect(await json("show", second.id)).toMatchObject({ id: second.id, account: "anthropic", revoked: false });
  });
});

describe("revoke and expire", () => {
  test("a revoked token is refused for good", async () => {
    const { token, id } = await issue();
    expect((await tokens("revoke", id)).out).toMatch(/\nstate +revoked\n/);
    expect(await verify(token)).toBe("token_revoked");
    const again = await json("revoke", id);
    expect(again).toEqual(await json("show", id));
    expect(again).toMatchObject({ revoked: true, revoked_at: expect.any(Number) });
  });

  test("an expired token is refused", async () => {
    const { token, id } = await issue();
    expect((await tokens("expire", id)).out).toMatch(/\nstate +expired\n/);
    expect(await verify(token)).toBe("token_expired");
    expect((await tokens("list")).out).toContain(" expired ");
  });

  test.each(["show", "revoke", "expire"])("%s fails for an id that is not known, and needs one", async (command) => {
    const unknown = await tokens(command, UNKNOWN_ID);
    expect(unknown).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/There is no router token of th/) });
    const missing = await tokens(command);
    expect(missing).toMatchObject({ code: 2, out: "", err: expect.stringContaining("missing required argument 'id'") });
  });
});

describe("import", () => {
  const nowS = Math.floor(Date.now() / 1000);
  const line = (id: string, more = ""): string =>
    `(token ${id} (label "alice") (issued_at ${nowS - 60}) (expires_at ${nowS + 3600}) (revoked false)${more})\n`;

  /** A token as the original program makes them. */
  function originalToken(id: string): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { sub: id, iat: nowS - 60, exp: nowS + 3600, label: "alice" };
    const signed = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}`;
    return `la_sk_${signed}.${createHmac("sha256", TOKEN_SECRET).update(signed).digest("base64url")}`;
  }

  test("makes the original's tokens work, once however often it is done", async () => {
    expect(await verify(originalToken(ID))).toBe("token_unknown");
    const file = directory.write("tokens.lino", `# a comment\n${line(ID)}${line(UNKNOWN_ID)}`);
    expect(await tokens("import", file)).toEqual({ code: 0, out: "2 imported, 0 known before.\n", err: "" });
    expect(await verify(originalToken(ID))).toMatchObject({ id: ID, label: "alice", account: null });

    await tokens("revoke", ID);
    expect(await json("import", file)).toEqual({ imported: 0, known: 2 });
    expect(await verify(originalToken(ID))).toBe("token_revoked");
  });

  test("keeps what was left of a limit of requests", async () => {
    const file = directory.write("tokens.lino", line(ID, " (max_requests 100) (used_requests 3)"));
    await tokens("import", file);
    expect(await json("show", ID)).toMatchObject({ limits: { requests_total: 97 } });
  });

  test("takes nothing of a file that is broken anywhere", async () => {
    const file = directory.write("tokens.lino", `${line(ID)}\n(token nonsense)\n`);
    const { code, out, err } = await tokens("import", file);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: "",
      err: `${file}, line 3: expected a UUID after the word token. Nothing was imported.\n`,
    });
    expect(await json("list")).toEqual({ data: [] });
  });

  test("refuses files that are missing, directories or too large", async () => {
    const missing = join(directory.path, "missing.lino");
    expect(await tokens("import", missing)).toEqual({
      code: 2,
      out: "",
      err: `${missing} cannot be read (ENOENT).\n`,
    });
    mkdirSync(join(directory.path, "directory"));
    expect((await tokens("import", join(directory.path, "directory"))).err).toContain("cannot be read (EISDIR)");
    const large = directory.write("large.lino", "");
    truncateSync(large, 67_108_865);
    expect(await tokens("import", large)).toMatchObject({ code: 2, err: `${large} is larger than 67108864 bytes.\n` });
  });
});

describe("a data directory that cannot be used is exit code 2:", () => {
  test("below a file", async () => {
    const file = directory.write("file", "");
    const { code, out, err } = await runCommand(directory.path, ["tokens", "list", "--data-dir", join(file, "x")]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      `The configuration cannot be used:\n  dataDir: the directory ${file}/x cannot be made (ENOTDIR); set DATA_DIR to one that the gateway may write to\n`,
    );
  });

  test("with a damaged database", async () => {
    mkdirSync(join(directory.path, "data"));
    directory.write("data/router.sqlite", "this is no database, but it is long enough to be looked at".repeat(50));
    const { code, out, err } = await tokens("list");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/router\.sqlite is damaged, or no database of this program .*Move it away/);
  });

  test("with a secret that cannot be read", async () => {
    directory.write("router.config.yaml", "tokens: { secret: { env: NOT_SET } }");
    const { code, err } = await runCommand(directory.path, ["tokens", "list"]);
    expect(code).toBe(2);
    expect(err).toContain("tokens.secret: the environment variable NOT_SET is not set");
  });
});
