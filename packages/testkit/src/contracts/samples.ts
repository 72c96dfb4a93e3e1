import { randomUUID } from "node:crypto";

import { END_REASONS, SURFACES, TOKEN_SCOPES } from "@link-assistant/core";
import type { LedgerEntry, TokenRecord } from "@link-assistant/core";
import * as fc from "fast-check";

/** A token record with a new id, which differs from the default one in `fields`. */
export function tokenRecord(fields: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id: randomUUID(),
    label: "alice",
    account: null,
    scopes: ["inference"],
    issuedAtMs: 1_700_000_000_000,
    expiresAtMs: 1_700_086_400_000,
    revokedAtMs: null,
    ...fields,
  };
}

/** A ledger entry with a new id and without usage, which differs from the default one in `fields`. */
export function ledgerEntry(fields: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id: randomUUID(),
    startedAtMs: 1_700_000_000_000,
    durationMs: 812.5,
    firstByteMs: 120.25,
    surface: "anthropic_messages",
    tokenId: null,
    account: "primary",
    attempts: 1,
    requestedModel: "claude-sonnet-4-5",
    model: "claude-sonnet-4-5-20250929",
    status: 200,
    end: "complete",
    stream: true,
    usage: {},
    bytesSent: 100,
    bytesReceived: 50,
    ...fields,
  };
}

/** Any text that every engine can keep: well-formed Unicode without U+0000, which PostgreSQL refuses. */
const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", ""));
const optionalText = fc.option(text);
const timeMs = fc.nat({ max: 8_640_000_000_000_000 });
const durationMs = fc.double({ min: 0, max: 1e9, noNaN: true });
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });

/** Any token record; the ids are few, so that some are put again. */
export const anyTokenRecord: fc.Arbitrary<TokenRecord> = fc.record(
  {
    id: fc.constantFrom(...Array.from({ length: 5 }, () => randomUUID())),
    label: text,
    account: optionalText,
    scopes: fc.subarray([...TOKEN_SCOPES]),
    issuedAtMs: timeMs,
    expiresAtMs: timeMs,
    revokedAtMs: fc.option(timeMs),
  },
  { noNullPrototype: true },
);

/** Any ledger entry. */
export const anyLedgerEntry: fc.Arbitrary<LedgerEntry> = fc.record(
  {
    id: text,
    startedAtMs: timeMs,
    durationMs,
    firstByteMs: fc.option(durationMs),
    surface: fc.constantFrom(...SURFACES),
    tokenId: optionalText,
    account: optionalText,
    attempts: count,
    requestedModel: optionalText,
    model: optionalText,
    status: fc.integer({ min: 200, max: 599 }),
    end: fc.constantFrom(...END_REASONS),
    stream: fc.boolean(),
    usage: fc.record(
      {
        input: count,
        cacheRead: count,
        cacheWrite5m: count,
        cacheWrite1h: count,
        cacheWrite: count,
        output: count,
        reasoning: count,
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    bytesSent: count,
    bytesReceived: count,
  },
  { noNullPrototype: true },
);
