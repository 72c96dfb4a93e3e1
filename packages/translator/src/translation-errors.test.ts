import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import type { DialectId } from "./dialect.ts";
import { asString } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { ERROR_KINDS } from "./neutral/error.ts";
import { observeBuffered } from "./observe.ts";
import { ACCEPTANCE } from "./testing/acceptance/index.ts";
import { othersOf } from "./testing/exchange.ts";
import { objectOf } from "./testing/laws/complaints.ts";
import { RECORDINGS_MISSING, allRecordings } from "./testing/recordings.ts";
import { translateError } from "./translate-error.ts";

if (RECORDINGS_MISSING)
  console.warn("SKIPPED: translation of recorded errors, for ../shared/recordings is missing beside the repository");

const PAIRS = DIALECT_IDS.flatMap((upstream) => othersOf(upstream).map((client) => ({ upstream, client })));
const TYPES: ReadonlySet<unknown> = new Set(
  Object.values(ERROR_KINDS).flatMap(({ anthropic, openai }) => [anthropic[1], openai[1]]),
);

function expectShape(client: DialectId, body: JsonObject): void {
  const error = objectOf(body.error);
  expect(TYPES.has(error.type)).toBe(true);
  expect(asString(error.message)).toBeTruthy();
  const isAnthropic = client === "anthropic-messages";
  expect(body.type).toBe(isAnthropic ? "error" : undefined);
  expect(Object.keys(error)).toEqual(expect.arrayContaining(isAnthropic ? [] : ["code", "message", "param", "type"]));
}

describe.skipIf(RECORDINGS_MISSING).each(PAIRS)("errors of $upstream for $client", ({ upstream, client }) => {
  const errors = allRecordings().filter((each) => each.dialect === upstream && each.status >= 400);

  test.each(errors)("$status $id", async ({ status, body }) => {
    const text = body === undefined ? "Unauthorized" : JSON.stringify(body);
    const { error, ...translated } = translateError({ status, body: text }, { from: upstream, to: client });
    // A model that is not there is not found, whatever the upstream made of it.
    expect(translated.status).toBe(error.kind === "model_not_found" ? 404 : status);
    expectShape(client, translated.body);

    const message =
      body === undefined ? text : observeBuffered(upstream, status, new TextEncoder().encode(text)).error?.message;
    // What looks like a key is taken out, and a prompt that is too long is said in words that clients know.
    const isKept = message !== undefined && !message.includes("sk-") && error.kind !== "context_length";
    expect(error.message).toContain(isKept ? message : "");
    expect(objectOf(translated.body.error).message).toContain(error.message);
    await expect(ACCEPTANCE[client].whole(translated.body, translated.status)).rejects.toMatchObject({
      status: translated.status,
    });
  });
});

describe.each(PAIRS)("errors of $upstream for $client that are no JSON objects", ({ upstream, client }) => {
  test.each([
    "",
    "<html><h1>502 Bad Gateway</h1></html>",
    '"no"',
    "[]",
    "null",
    '{"error":"busy"}',
    '{"error":null}',
    '{"__proto__":1}',
  ])("%j", (body) => {
    const translated = translateError({ status: 502, body }, { from: upstream, to: client });
    expect(translated.status).toBe(502);
    expectShape(client, translated.body);
  });
});
