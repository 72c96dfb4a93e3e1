import assert from "node:assert/strict";

import type { LedgerEntry } from "@link-assistant/core";
import { rateLimitTurn } from "@link-assistant/testkit";
import type { Cut, SimRequest } from "@link-assistant/testkit";

import type { Harness } from "../src/testing/harness.ts";
import type { Client } from "./client.ts";
import { parallelPlan, SUM, thinkingPlan, THOUGHTS } from "./model.ts";
import type { Disturbance, Plan } from "./model.ts";
import type { E2eUpstream } from "./upstreams.ts";

/** Something that may happen while a client edits a file, and what must have come of it. */
export interface Scenario {
  /** As it is shown, short. */
  readonly name: string;
  /** The clients and upstreams among which it is not played. Default: none. */
  readonly except?: (client: Client, upstream: E2eUpstream) => boolean;
  /** Names of the accounts. Default: one. */
  readonly accounts?: readonly string[];
  /** What the model does. Default: it reads the file, edits it and says so. */
  readonly plan?: Plan;
  /** What the upstream does instead, once. Default: nothing. */
  readonly disturbance?: (upstream: E2eUpstream) => Disturbance;
  /** What is done to the router token before the client uses it. Default: nothing. */
  readonly spoil?: (harness: Harness) => Promise<unknown>;
  /** The message that the client shows and ends with. Default: none, the file is edited. */
  readonly givesUpWith?: RegExp;
  /** All exchanges, oldest first, each with what it must have among its fields. A client that is refused may repeat them. */
  readonly exchanges: readonly Partial<LedgerEntry>[];
  /** Throws when something else is not as it must be. */
  readonly check?: (requests: readonly SimRequest[], upstream: E2eUpstream) => void;
}

const WHOLE: Partial<LedgerEntry> = { status: 200, end: "complete", stream: true, attempts: 1 };
const BROKEN: Partial<LedgerEntry> = { ...WHOLE, end: "upstream_error" };
const REFUSED: Partial<LedgerEntry> = { end: "fault", attempts: 0 };

/** What every client is put through at every upstream, but for exceptions. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "edit", exchanges: [WHOLE, WHOLE, WHOLE] },
  {
    name: "parallel",
    plan: parallelPlan,
    exchanges: [WHOLE, WHOLE, WHOLE],
    check: (requests) => assert.ok(textOf(requests[1]).includes(SUM.printed), "what the command printed is missing"),
  },
  { name: "thoughts", plan: thinkingPlan, exchanges: [WHOLE, WHOLE, WHOLE], check: checkThoughts },
  {
    name: "limit",
    accounts: ["first", "second"],
    disturbance: () => ({ call: 1, by: () => rateLimitTurn(1) }),
    exchanges: [{ ...WHOLE, account: "second", attempts: 2 }, WHOLE, WHOLE],
  },
  {
    name: "error",
    disturbance: ({ eventsIntoCall: afterEvents }) =>
      cutSecondCall({ by: "error", afterEvents, error: { type: "api_error", message: "Internal server error" } }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    // Codex gives up at an overload that OpenAI itself tells it of within an answer.
    name: "overload",
    except: ({ surface }, { kind }) => surface === "openai_responses" && kind === "openai",
    disturbance: ({ eventsIntoCall: afterEvents }) =>
      cutSecondCall({ by: "error", afterEvents, error: { type: "overloaded_error", message: "Overloaded" } }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "drop",
    disturbance: ({ eventsIntoCall: afterEvents }) => cutSecondCall({ by: "drop", afterEvents, extraBytes: 20 }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "revoked",
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.revoke(tokenRecord.id),
    givesUpWith: /This router token was revoked/,
    exchanges: [{ ...REFUSED, status: 403 }],
  },
  {
    // A 401 that does not say `x-should-retry: false` makes Claude Code try again for more than a minute.
    name: "expired",
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.expire(tokenRecord.id),
    givesUpWith: /This router token has expired/,
    exchanges: [{ ...REFUSED, status: 401 }],
  },
];

/** An answer that breaks off within its call of a tool. */
function cutSecondCall(cut: Cut): Disturbance {
  return { call: 2, by: (turn) => ({ ...turn, cut }) };
}

/** What the model thought comes back with each call, as the upstream gave it out. */
function checkThoughts(requests: readonly SimRequest[], { seal }: E2eUpstream): void {
  const come = requests.map((request) =>
    THOUGHTS.filter((thought) => textOf(request).includes(seal === undefined ? "reasoning_content" : seal(thought))),
  );
  const [first] = THOUGHTS;
  assert.deepEqual(
    come,
    seal === undefined ? [[], [], []] : [[], [first], THOUGHTS],
    "other thoughts have come back than were given out",
  );
}

function textOf(request: SimRequest | undefined): string {
  return request?.rawBody.toString("utf8") ?? "";
}
