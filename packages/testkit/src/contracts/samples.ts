import { randomUUID } from "node:crypto";

import { END_REASONS, SURFACES, TOKEN_SCOPES } from "@link-assistant/core";
import type { LedgerEntry, TokenLimits, TokenRecord, TraceStep } from "@link-assistant/core";
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
    limits: {},
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
    upstream: "anthropic",
    attempts: 1,
    requestedModel: "claude-sonnet-4-5",
    model: "claude-sonnet-4-5-20250929",
    status: 200,
    end: "complete",
    stream: true,
    usage: {},
    costNanoUsd: null,
    bytesSent: 100,
    bytesReceived: 50,
    losses: [],
    trace: [],
    ...fields,
  };
}

/** Any text that every engine can keep: well-formed Unicode without U+0000, which PostgreSQL refuses. */
const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", ""));
const optionalText = fc.option(text);
const timeMs = fc.nat({ max: 8_640_000_000_000_000 });
const durationMs = fc.double({ min: 0, max: 1e9, noNaN: true });

const anyLimits: fc.Arbitrary<TokenLimits> = fc.record(
  {
    requestsPerMinute: fc.integer({ min: 1, max: 1000 }),
    budgetUsdPerDay: fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100),
    models: fc.array(fc.constantFrom("claude-*", "gpt-5.5", "*"), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

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
    limits: anyLimits,
  },
  { noNullPrototype: true },
);

/** Small enough for sums of many to be exact. */
const summable = fc.nat({ max: 1_000_000_000 });
const name = fc.constantFrom("a", "b", "O'Brien", "übermodel", "");

const traceStep: fc.Arbitrary<TraceStep> = fc.record(
  {
    account: text,
    upstream: text,
    model: text,
    outcome: fc.constantFrom("served", "abandoned", "rate_limit", "timeout"),
    status: fc.option(fc.integer({ min: 200, max: 599 })),
    durationMs: fc.nat({ max: 1_000_000 }),
  },
  { noNullPrototype: true },
);

/** Any ledger entry; the moments are few, so that many end together. */
export const anyLedgerEntry: fc.Arbitrary<LedgerEntry> = fc.record(
  {
    id: fc.uuid(),
    startedAtMs: fc.nat({ max: 20 }).map((minutes) => 1_700_000_000_000 + minutes * 60_000),
    durationMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 600_000, noNaN: true })),
    firstByteMs: fc.option(durationMs),
    surface: fc.constantFrom(...SURFACES),
    tokenId: fc.option(name),
    account: fc.option(name),
    upstream: fc.option(name),
    attempts: fc.nat({ max: 20 }),
    requestedModel: optionalText,
    model: fc.option(name),
    status: fc.integer({ min: 200, max: 599 }),
    end: fc.constantFrom(...END_REASONS),
    stream: fc.boolean(),
    usage: fc.record(
      {
        input: summable,
        cacheRead: summable,
        cacheWrite5m: summable,
        cacheWrite1h: summable,
        cacheWrite: summable,
        output: summable,
        reasoning: summable,
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    costNanoUsd: fc.option(summable),
    bytesSent: summable,
    bytesReceived: summable,
    losses: fc.array(text, { maxLength: 3 }),
    trace: fc.array(traceStep, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);
