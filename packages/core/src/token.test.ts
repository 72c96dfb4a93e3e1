import { createHmac, randomUUID } from "node:crypto";
import { inspect } from "node:util";

import * as fc from "fast-check";
import { jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { GatewayError } from "./error.ts";
import { Secret } from "./secret.ts";
import type { TokenRecord } from "./store.ts";
import { FakeTokenStore } from "./testing/fake-token-store.ts";
import { signedJwt } from "./testing/signed-jwt.ts";
import { TOKEN_LIMITS, TOKEN_PREFIX, TokenRegistry } from "./token.ts";
import type { TokenRequest } from "./token.ts";

const SECRET = "a secret of which nobody knows";
const START_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

let nowMs = START_MS;
let store = new FakeTokenStore();
let registry: TokenRegistry;

function open(secret = SECRET): Promise<TokenRegistry> {
  return TokenRegistry.open(store, new Secret(secret), { now: () => nowMs, newId: randomUUID });
}

beforeEach(async () => {
  nowMs = START_MS;
  store = new FakeTokenStore();
  registry = await open();
});

afterEach(() => {
  vi.restoreAllMocks();
});

function recordOf(fields: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id: randomUUID(),
    label: "alice",
    account: null,
    scopes: ["inference"],
    issuedAtMs: START_MS,
    expiresAtMs: START_MS + HOUR_MS,
    revokedAtMs: null,
    limits: {},
    ...fields,
  };
}

/** The token of a record, signed by hand. */
function tokenOf({ id, label }: TokenRecord, claims: object = {}): string {
  const seconds = START_MS / 1000;
  return TOKEN_PREFIX + signedJwt({ sub: id, iat: seconds, exp: seconds + 3600, label, ...claims }, { secret: SECRET });
}

/** What becomes of a token: `good`, or the code of the fault. */
async function verdictOn(token: string, by: TokenRegistry = registry): Promise<string> {
  return by.verify(token).then(() => "good", codeOf);
}

function codeOf(error: unknown): string {
  if (error instanceof GatewayError) return error.code;
  throw error;
}

describe("issuing", () => {
  test("gives a prefix and a JWT with exactly these claims, which any library can check", async () => {
    nowMs = START_MS + 999;
    const { token, record } = await registry.issue({ ttlHours: 2, label: "alice" });
    expect(token.slice(0, 6)).toBe("la_sk_");

    const jwt = token.slice(6);
    const { payload, protectedHeader } = await jwtVerify(jwt, new TextEncoder().encode(SECRET), {
      currentDate: new Date(nowMs),
    });
    expect(protectedHeader).toEqual({ alg: "HS256", typ: "JWT" });
    // Whole seconds: issued in the one that has begun, good until the end of the last.
    expect(payload).toEqual({ sub: record.id, iat: 1_700_000_000, exp: 1_700_007_201, label: "alice" });

    const [header, claims, signature] = jwt.split(".");
    expect(createHmac("sha256", SECRET).update(`${header}.${claims}`).digest("base64url")).toBe(signature);
  });

  test("keeps a record, and not the token", async () => {
    const { token, record } = await registry.issue({
      ttlHours: 2,
      label: "alice",
      account: "primary",
      scopes: ["observe"],
    });
    expect(record).toEqual({
      id: record.id,
      label: "alice",
      account: "primary",
      scopes: ["observe"],
      issuedAtMs: START_MS,
      expiresAtMs: START_MS + 2 * HOUR_MS,
      revokedAtMs: null,
      limits: {},
    });
    expect([...store.records.values()]).toEqual([record]);
    expect([registry.get(record.id), registry.list()]).toEqual([record, [record]]);
    expect(JSON.stringify([...store.records])).not.toContain(token.split(".")[2]);
  });

  test("lasts a day, for any account, for inference, unless told otherwise", async () => {
    const { record } = await registry.issue({});
    expect(record).toMatchObject({
      label: "",
      account: null,
      scopes: ["inference"],
      expiresAtMs: START_MS + 24 * HOUR_MS,
    });
  });

  test("names each scope once", async () => {
    const { record } = await registry.issue({ scopes: ["observe", "inference", "observe"] });
    expect(record.scopes).toEqual(["observe", "inference"]);
  });

  test("the bounds are these; change them on purpose", () => {
    expect([TOKEN_PREFIX, TOKEN_LIMITS]).toEqual([
      "la_sk_",
      { maxTtlHours: 87_600, defaultTtlHours: 24, maxLabelChars: 1024 },
    ]);
  });

  test.each<[string, TokenRequest]>([
    ["ttl_hours", { ttlHours: 0 }],
    ["ttl_hours", { ttlHours: -1 }],
    ["ttl_hours", { ttlHours: 87_600.001 }],
    ["ttl_hours", { ttlHours: Number.POSITIVE_INFINITY }],
    ["ttl_hours", { ttlHours: Number.NaN }],
    ["label", { label: "x".repeat(1025) }],
    ["scopes", { scopes: [] }],
  ])("refuses a bad %s: %o", async (field, request) => {
    const issuing = registry.issue(request);
    await expect(issuing).rejects.toMatchObject({ code: "request_invalid", status: 400 });
    await expect(issuing).rejects.toThrow(`\`${field}\``);
    expect(store.records.size).toBe(0);
  });

  test.each<TokenRequest>([
    { ttlHours: Number.MIN_VALUE },
    { ttlHours: 87_600 },
    { label: "x".repeat(1024) },
    { label: "\u0000".repeat(1024) },
    { label: "\uD800".repeat(1024) },
    { label: '"\\'.repeat(512) },
  ])("takes what is just within the bounds, and the token works (%#)", async (request) => {
    const { token, record } = await registry.issue(request);
    await expect(registry.verify(token)).resolves.toEqual(record);
  });

  test("whatever is issued is good from its issue to its end, and not after", async () => {
    const anyRequest = fc.record({
      ttlHours: fc.double({ min: 0, minExcluded: true, max: TOKEN_LIMITS.maxTtlHours, noNaN: true }),
      // Any UTF-16, broken pairs included.
      label: fc.array(fc.nat(0xffff), { maxLength: 500 }).map((units) => String.fromCharCode(...units)),
      account: fc.option(fc.string()),
      scopes: fc.subarray(["inference", "observe"] as const, { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.nat(2_000_000_000_000), async (request, issuedAtMs) => {
        nowMs = issuedAtMs;
        const { token, record } = await registry.issue(request);
        const { label, account, scopes } = request;
        expect(record).toMatchObject({ label, account, scopes, issuedAtMs });
        await expect((await open()).verify(token)).resolves.toEqual(record);
        nowMs = record.expiresAtMs - 1;
        await expect((await open()).verify(token)).resolves.toEqual(record);
        nowMs = record.expiresAtMs;
        expect(await verdictOn(token)).toBe("token_expired");
      }),
      { numRuns: 40 },
    );
  });
});

describe("a token that is malformed", () => {
  const record = recordOf();
  const good = tokenOf(record);
  const [header = "", claims = "", signature = ""] = good.slice(TOKEN_PREFIX.length).split(".");
  const seconds = START_MS / 1000;
  const whole = { sub: record.id, iat: seconds, exp: seconds + 3600, label: "alice" };
  const { sub: _sub, ...noSub } = whole;
  const { exp: _exp, ...noExp } = whole;
  const signed = (payload: unknown, alg = "HS256", hash = "sha256", more: object = {}): string =>
    TOKEN_PREFIX + signedJwt(payload, { header: { alg, ...more }, hash, secret: SECRET });
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

  const MALFORMED: Readonly<Record<string, string>> = {
    "empty text": "",
    "the prefix alone": TOKEN_PREFIX,
    "no prefix": good.slice(TOKEN_PREFIX.length),
    "another prefix": `sk-ant-${good.slice(TOKEN_PREFIX.length)}`,
    "the prefix in capitals": TOKEN_PREFIX.toUpperCase() + good.slice(TOKEN_PREFIX.length),
    "the prefix twice": TOKEN_PREFIX + good,
    "a blank before": ` ${good}`,
    "a blank after": `${good} `,
    "a blank within": `${good.slice(0, -9)} ${good.slice(-9)}`,
    "a part missing": `${TOKEN_PREFIX}${header}.${claims}`,
    "a part too many": `${good}.${signature}`,
    "no signature": `${TOKEN_PREFIX}${header}.${claims}.`,
    "a signature cut short": good.slice(0, -4),
    "the signature of another secret": TOKEN_PREFIX + signedJwt(whole, { secret: `${SECRET}!` }),
    "the signature of other claims": `${TOKEN_PREFIX}${header}.${encoded({ ...whole, label: "mallory" })}.${signature}`,
    "alg none, unsigned": `${TOKEN_PREFIX}${encoded({ alg: "none" })}.${claims}.`,
    "alg none, signed": signed(whole, "none"),
    "alg HS512": signed(whole, "HS512", "sha512"),
    "alg HS384": signed(whole, "HS384", "sha384"),
    "alg RS256, signed with the secret": signed(whole, "RS256"),
    "alg in small letters": signed(whole, "hs256"),
    "no alg": TOKEN_PREFIX + signedJwt(whole, { header: {}, secret: SECRET }),
    "a header that must be understood": signed(whole, "HS256", "sha256", { crit: ["x"], x: 1 }),
    "no sub": signed(noSub),
    "a number as sub": signed({ ...whole, sub: 7 }),
    "no exp": signed(noExp),
    "a text as exp": signed({ ...whole, exp: String(whole.exp) }),
    "null as exp": signed({ ...whole, exp: null }),
    "not good yet": signed({ ...whole, nbf: seconds + 60 }),
    "claims that are a list": signed([whole]),
    "claims that are a text": signed("claims"),
    "claims that are not JSON": `${TOKEN_PREFIX}${header}.${Buffer.from("{").toString("base64url")}.${signature}`,
    "good but longer than any that is issued": signed({ ...whole, padding: "x".repeat(8000) }),
  };

  test("the good one, of which they are all made, is good", async () => {
    await registry.import([record]);
    expect(await verdictOn(good)).toBe("good");
  });

  test.each(Object.entries(MALFORMED))("%s", async (_, token) => {
    await registry.import([record]);
    const verifying = registry.verify(token);
    await expect(verifying).rejects.toMatchObject({ code: "token_malformed", status: 401 });
    expect(registry.recall(token)).toBeUndefined();
    const told = await verifying.catch((error: unknown) => inspect(error, { depth: null }));
    expect(told).not.toContain(signature);
  });

  test("every other text after the prefix", async () => {
    await registry.import([record]);
    const anyText = fc.oneof(
      fc.string(),
      fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(await verdictOn(TOKEN_PREFIX + text)).toBe("token_malformed");
      }),
    );
  });

  test("a good one with any one letter of header or claims changed", async () => {
    await registry.import([record]);
    const anyPlace = fc.integer({ min: TOKEN_PREFIX.length, max: good.lastIndexOf(".") });
    await fc.assert(
      fc.asyncProperty(anyPlace, fc.constantFrom("A", "a", "0", "-", "_", "."), async (place, letter) => {
        fc.pre(good[place] !== letter);
        const changed = good.slice(0, place) + letter + good.slice(place + 1);
        expect(await verdictOn(changed)).toBe("token_malformed");
      }),
    );
  });
});

describe("a token that is refused for another reason", () => {
  test("unknown: signed here, but without a record", async () => {
    const verifying = registry.verify(tokenOf(recordOf()));
    await expect(verifying).rejects.toMatchObject({ code: "token_unknown", status: 401 });
  });

  test("expired by its own claim, though the record lasts longer", async () => {
    const record = recordOf({ expiresAtMs: START_MS + 10 * HOUR_MS });
    await registry.import([record]);
    const token = tokenOf(record);
    nowMs = START_MS + HOUR_MS - 1;
    expect(await verdictOn(token)).toBe("good");
    nowMs = START_MS + HOUR_MS;
    await expect(registry.verify(token)).rejects.toMatchObject({ code: "token_expired", status: 401 });
  });

  test("expired by its record, though its own claim lasts longer", async () => {
    const { token, record } = await registry.issue({ ttlHours: 24 });
    expect(await verdictOn(token)).toBe("good");
    await registry.expire(record.id);
    await expect(registry.verify(token)).rejects.toMatchObject({ code: "token_expired", status: 401 });
    expect(await verdictOn(token, await open())).toBe("token_expired");
  });

  test("revoked, from that moment on, whether it was verified before or not", async () => {
    const [seen, unseen] = [await registry.issue({}), await registry.issue({})];
    expect(await verdictOn(seen.token)).toBe("good");
    for (const { token, record } of [seen, unseen]) {
      await registry.revoke(record.id);
      await expect(registry.verify(token)).rejects.toMatchObject({ code: "token_revoked", status: 403 });
    }
    expect(() => registry.recall(seen.token)).toThrow(GatewayError);
  });

  test("signed with another gateway's secret", async () => {
    const { token } = await registry.issue({});
    expect(await verdictOn(token, await open("another secret"))).toBe("token_malformed");
  });

  test("gets the same answer whether it was verified before or not", async () => {
    const anyCase = fc.record({
      claimHours: fc.integer({ min: 1, max: 4 }),
      recordHours: fc.integer({ min: 1, max: 4 }),
      revoked: fc.boolean(),
      laterHours: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ claimHours, recordHours, revoked, laterHours }) => {
        nowMs = START_MS;
        const record = recordOf({ expiresAtMs: START_MS + recordHours * HOUR_MS });
        const token = tokenOf(record, { exp: START_MS / 1000 + claimHours * 3600 });
        await registry.import([record]);
        expect(await verdictOn(token)).toBe("good");
        if (revoked) await registry.revoke(record.id);
        nowMs += laterHours * HOUR_MS;
        expect(await verdictOn(token)).toBe(await verdictOn(token, await open()));
      }),
    );
  });
});

describe("a token that was verified before", () => {
  test("is recalled at once, without another look at its signature", async () => {
    const look = vi.spyOn(crypto.subtle, "verify");
    const { token, record } = await registry.issue({});
    expect(registry.recall(token)).toBeUndefined();
    await registry.verify(token);
    expect(look).toHaveBeenCalledTimes(1);
    expect(registry.recall(token)).toEqual(record);
    await registry.verify(token);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test("is recalled as its record is now", async () => {
    const { token, record } = await registry.issue({});
    await registry.verify(token);
    await registry.change(record.id, { scopes: ["observe"], account: "spare" });
    expect(registry.recall(token)).toEqual({ ...record, scopes: ["observe"], account: "spare" });
  });

  test("is forgotten when 10,000 others have come, the oldest first", async () => {
    const record = recordOf();
    await registry.import([record]);
    const [first, second] = [tokenOf(record, { jti: "first" }), tokenOf(record, { jti: "second" })];
    for (const token of [first, second]) await registry.verify(token);
    const others = Array.from({ length: 9999 }, (_, index) => tokenOf(record, { jti: index }));
    await Promise.all(others.map((token) => registry.verify(token)));
    expect(registry.recall(first)).toBeUndefined();
    expect(registry.recall(second)).toEqual(record);
    expect(others.filter((token) => registry.recall(token) === undefined)).toEqual([]);
    expect(await verdictOn(first)).toBe("good");
  });
});

describe("changing a token", () => {
  test("changes what is named, and leaves the rest", async () => {
    const { record } = await registry.issue({ label: "alice", account: "primary" });
    const relabelled = await registry.change(record.id, { label: "bob" });
    expect(relabelled).toEqual({ ...record, label: "bob" });
    const freed = await registry.change(record.id, { account: null, scopes: ["observe", "observe"] });
    expect(freed).toEqual({ ...relabelled, account: null, scopes: ["observe"] });
    expect([registry.get(record.id), store.records.get(record.id)]).toEqual([freed, freed]);
  });

  test("keeps to the bounds of issuing", async () => {
    const { record } = await registry.issue({});
    for (const change of [{ label: "x".repeat(1025) }, { scopes: [] }])
      await expect(registry.change(record.id, change)).rejects.toMatchObject({ code: "request_invalid" });
    expect(store.records.get(record.id)).toEqual(record);
  });

  test("a revocation is noted once, with its time, and stays", async () => {
    const { record } = await registry.issue({});
    nowMs += 5;
    const revoked = { ...record, revokedAtMs: START_MS + 5 };
    await expect(registry.revoke(record.id)).resolves.toEqual({ record: revoked, changed: true });
    nowMs += 5;
    await expect(registry.revoke(record.id)).resolves.toEqual({ record: revoked, changed: false });
    await registry.change(record.id, { label: "bob" });
    expect(store.records.get(record.id)).toEqual({ ...revoked, label: "bob" });
  });

  test("an end can be moved nearer, never further away", async () => {
    const { record } = await registry.issue({ ttlHours: 10 });
    const endAfter = async (atMs?: number): Promise<number> => (await registry.expire(record.id, atMs)).expiresAtMs;
    expect(await endAfter(START_MS + 11 * HOUR_MS)).toBe(record.expiresAtMs);
    expect(await endAfter(START_MS + 5 * HOUR_MS)).toBe(START_MS + 5 * HOUR_MS);
    expect(await endAfter(START_MS + 6 * HOUR_MS)).toBe(START_MS + 5 * HOUR_MS);
    nowMs += 7;
    expect(await endAfter()).toBe(nowMs);
  });

  test("an id that is none is told so", async () => {
    const changes = [registry.revoke("none"), registry.expire("none"), registry.change("none", { label: "bob" })];
    for (const change of changes) await expect(change).rejects.toMatchObject({ code: "token_not_found", status: 404 });
    expect(registry.get("none")).toBeUndefined();
  });

  test("the oldest is listed first, and by id what is of the same age", async () => {
    const records = [
      recordOf({ id: "c", issuedAtMs: 2 }),
      recordOf({ id: "b", issuedAtMs: 1 }),
      recordOf({ id: "a", issuedAtMs: 2 }),
    ];
    await registry.import(records);
    expect(registry.list().map(({ id }) => id)).toEqual(["b", "a", "c"]);
  });
});

describe("importing", () => {
  const records = [recordOf(), recordOf({ revokedAtMs: START_MS }), recordOf({ label: "carol" })];

  test("twice changes nothing", async () => {
    await expect(registry.import(records)).resolves.toEqual({ imported: 3, known: 0 });
    await expect(registry.import(records)).resolves.toEqual({ imported: 0, known: 3 });
    expect([...store.records.values()]).toEqual(records);
  });

  test("leaves a known record as it is, revoked ones above all", async () => {
    const record = recordOf();
    await registry.import([record]);
    const { record: revoked } = await registry.revoke(record.id);
    await expect(registry.import([record, recordOf()])).resolves.toEqual({ imported: 1, known: 1 });
    expect(registry.get(record.id)).toEqual(revoked);
  });

  test("takes the first of two records of one id", async () => {
    const record = recordOf();
    const twice = [record, { ...record, label: "second" }];
    await expect(registry.import(twice)).resolves.toEqual({ imported: 1, known: 1 });
    expect(registry.get(record.id)).toEqual(record);
  });

  test("makes the tokens of another program work here", async () => {
    const record = recordOf({ label: "moved" });
    // Other order of claims, further claims, another header: what counts is the signature.
    const token =
      TOKEN_PREFIX +
      signedJwt(
        { label: "moved", exp: START_MS / 1000 + 60, iat: 0, sub: record.id, iss: "elsewhere" },
        { header: { typ: "JWT", kid: "1", alg: "HS256" }, secret: SECRET },
      );
    expect(await verdictOn(token)).toBe("token_unknown");
    await registry.import([record]);
    await expect(registry.verify(token)).resolves.toEqual(record);
  });
});

describe("when the store does not take a change", () => {
  const problem = new Error("the disk is full");
  const CHANGES: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    issue: () => registry.issue({}),
    import: () => registry.import([recordOf()]),
    revoke: (id) => registry.revoke(id),
    expire: (id) => registry.expire(id),
    change: (id) => registry.change(id, { label: "bob", scopes: ["observe"] }),
  };

  test.each(Object.entries(CHANGES))("%s fails with the store's own error, and changes nothing", async (_, change) => {
    const { token, record } = await registry.issue({});
    await registry.verify(token);
    store.problem = problem;
    await expect(change(record.id)).rejects.toBe(problem);
    expect(registry.list()).toEqual([record]);
    await expect(registry.verify(token)).resolves.toEqual(record);
  });

  test("a later change works again", async () => {
    const { record } = await registry.issue({});
    store.problem = problem;
    await expect(registry.revoke(record.id)).rejects.toBe(problem);
    store.problem = undefined;
    await expect(registry.revoke(record.id)).resolves.toMatchObject({ changed: true });
  });
});

describe("changes that are under way together", () => {
  test("all take effect, in whatever order they come", async () => {
    const CHANGES: readonly ((id: string) => Promise<unknown>)[] = [
      (id) => registry.revoke(id),
      (id) => registry.change(id, { label: "bob" }),
      (id) => registry.change(id, { account: "spare" }),
      (id) => registry.expire(id, START_MS + 1),
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...CHANGES], { minLength: CHANGES.length }), async (changes) => {
        const { record } = await registry.issue({});
        await Promise.all(changes.map((change) => change(record.id)));
        const changed = { label: "bob", account: "spare", revokedAtMs: START_MS, expiresAtMs: START_MS + 1 };
        expect(registry.get(record.id)).toEqual({ ...record, ...changed });
        expect(store.records.get(record.id)).toEqual({ ...record, ...changed });
      }),
      { numRuns: 24 },
    );
  });

  test("revoke only once", async () => {
    const { record } = await registry.issue({});
    const answers = await Promise.all([registry.revoke(record.id), registry.revoke(record.id)]);
    expect(answers.map(({ changed }) => changed)).toEqual([true, false]);
  });
});

describe("another process", () => {
  test("issues a token, and it works here", async () => {
    const there = await open();
    const { token, record } = await there.issue({});
    store.putElsewhere(record);
    await expect(registry.verify(token)).resolves.toEqual(record);
    expect(registry.list()).toEqual([record]);
  });

  test("revokes a token, and it is refused here at once, though it was verified before", async () => {
    const { token, record } = await registry.issue({});
    await registry.verify(token);
    store.putElsewhere({ ...record, revokedAtMs: nowMs });
    expect(await verdictOn(token)).toBe("token_revoked");
  });

  test("is not undone by a change made here before its change was reported", async () => {
    const { token, record } = await registry.issue({});
    store.putElsewhere({ ...record, revokedAtMs: nowMs }, { reported: false });
    await registry.change(record.id, { label: "bob" });
    expect(store.records.get(record.id)).toEqual({ ...record, label: "bob", revokedAtMs: nowMs });
    expect(await verdictOn(token)).toBe("token_revoked");
  });

  test("has revoked already, and a revocation here learns of it", async () => {
    const { token, record } = await registry.issue({});
    const revoked = { ...record, revokedAtMs: nowMs };
    store.putElsewhere(revoked, { reported: false });
    nowMs += 1000;
    await expect(registry.revoke(record.id)).resolves.toEqual({ record: revoked, changed: false });
    expect(await verdictOn(token)).toBe("token_revoked");
  });

  test("revokes while the records are being read, and the older list does not undo it", async () => {
    const { token, record } = await registry.issue({});
    const revoked = { ...record, revokedAtMs: nowMs };
    vi.spyOn(store, "list").mockImplementation(async () => {
      store.putElsewhere(revoked);
      return [record];
    });
    expect(await verdictOn(token, await open())).toBe("token_revoked");
  });

  test("is followed until the registry is closed", async () => {
    const record = recordOf();
    store.putElsewhere(record);
    expect(registry.get(record.id)).toEqual(record);
    registry.close();
    store.putElsewhere({ ...record, label: "bob" });
    expect(registry.get(record.id)).toEqual(record);
  });

  test("left its records, and they are there from the start", async () => {
    const records = [recordOf({ issuedAtMs: 1 }), recordOf({ issuedAtMs: 2, revokedAtMs: 3 })];
    store = new FakeTokenStore(records);
    expect((await open()).list()).toEqual(records);
  });
});
