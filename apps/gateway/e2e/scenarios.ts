import type { LedgerEntry } from "@link-assistant/core";
import { rateLimitTurn } from "@link-assistant/testkit";
import type { Cut, Script } from "@link-assistant/testkit";

import type { Harness } from "../src/testing/harness.ts";
import { editScript } from "./edit-turns.ts";

/** Something that may happen while a client edits a file, and what must have come of it. */
export interface Scenario {
  readonly name: string;
  /** Names of the accounts. Default: one. */
  readonly accounts?: readonly string[];
  /** What the upstream does. */
  readonly script: Script;
  /** What is done to the router token before the client uses it. Default: nothing. */
  readonly spoil?: (harness: Harness) => Promise<unknown>;
  /** The message that the client shows and ends with. Default: none, the file is edited. */
  readonly givesUpWith?: RegExp;
  /** All exchanges, oldest first, each with what it must have among its fields. */
  readonly exchanges: readonly Partial<LedgerEntry>[];
}

const WHOLE: Partial<LedgerEntry> = { status: 200, end: "complete", stream: true, attempts: 1 };
const BROKEN: Partial<LedgerEntry> = { ...WHOLE, end: "upstream_error" };
const REFUSED: Partial<LedgerEntry> = { end: "fault", attempts: 0 };

function cutSecondCall(cut: Cut): Script {
  return editScript(2, (turn) => ({ ...turn, cut }));
}

/** What Claude Code is put through. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "a file is edited", script: editScript(), exchanges: [WHOLE, WHOLE, WHOLE] },
  {
    name: "the first account is at its limit",
    accounts: ["first", "second"],
    script: editScript(1, () => rateLimitTurn(1)),
    exchanges: [{ ...WHOLE, account: "second", attempts: 2 }, WHOLE, WHOLE],
  },
  {
    name: "a stream ends in an error",
    script: cutSecondCall({ by: "error", afterEvents: 6, error: { type: "overloaded_error", message: "Overloaded" } }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "a stream breaks inside an event",
    script: cutSecondCall({ by: "drop", afterEvents: 6, extraBytes: 20 }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "the router token is revoked",
    script: editScript(),
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.revoke(tokenRecord.id),
    givesUpWith: /This router token was revoked/,
    exchanges: [{ ...REFUSED, status: 403 }],
  },
  {
    // A 401 that does not say `x-should-retry: false` makes Claude Code try again for more than a minute.
    name: "the router token has expired",
    script: editScript(),
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.expire(tokenRecord.id),
    givesUpWith: /This router token has expired/,
    exchanges: [{ ...REFUSED, status: 401 }],
  },
];
