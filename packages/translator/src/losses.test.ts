import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import type { DialectId } from "./dialect.ts";
import type { JsonObject } from "./json.ts";
import type { Loss } from "./loss.ts";
import { LOSSES } from "./loss-table.ts";
import type { LossRow } from "./loss-table.ts";
import { requests } from "./testing/conversations.ts";
import {
  MAIN_TARGETS,
  TARGETS,
  contextOf,
  isAnswer,
  isConversation,
  optionsFor,
  othersOf,
  translateStream,
} from "./testing/exchange.ts";
import type { Target } from "./testing/exchange.ts";
import { RECORDINGS_MISSING, allRecordings, allSamples } from "./testing/recordings.ts";
import type { Recording } from "./testing/recordings.ts";
import { translateRequest } from "./translate-request.ts";
import { translateResponse } from "./translate-response.ts";
import { TranslationError } from "./translation-error.ts";

if (RECORDINGS_MISSING)
  console.warn("SKIPPED: losses of recordings, for ../shared/recordings is missing beside the repository");

const PAIRS = DIALECT_IDS.flatMap((from) => othersOf(from).map((to) => ({ from, to })));

interface Way {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly when: LossRow["when"];
}

/** Those of the losses that the table does not have as they are. */
function undeclared(losses: readonly Loss[], { from, to, when }: Way): readonly Loss[] {
  return losses.filter(({ code, field, outcome, reason }) => {
    const row: LossRow = LOSSES[code];
    const isSame = row.fields[from] === field && row.outcome === outcome && row.reason === reason;
    return !isSame || row.when !== when || !row.to.includes(to);
  });
}

/** What is lost; nothing when the request is refused. */
function requestLosses(body: JsonObject, from: DialectId, target: Target): readonly Loss[] {
  try {
    return translateRequest(body, optionsFor(from, target)).losses;
  } catch (error) {
    if (error instanceof TranslationError) return [];
    throw error;
  }
}

test("each row says what it is, and only dialects that have the field lose it", () => {
  const useless = Object.entries<LossRow>(LOSSES).flatMap(([code, { fields, to }]) => {
    const sources = Object.keys(fields);
    // Some other dialect than the target must be able to say it.
    return to.filter((target) => !sources.some((source) => source !== target)).map((target) => `${code} to ${target}`);
  });
  expect(useless).toEqual([]);
  expect(Object.values<LossRow>(LOSSES).every(({ to }) => to.length > 0)).toBe(true);
});

/** What is lost of a recorded answer. */
function answerLosses(recording: Recording, client: DialectId): readonly Loss[] {
  const context = contextOf(recording, client);
  try {
    if (recording.sse === undefined) translateResponse(recording.body ?? {}, context);
    else translateStream(recording.sse, context);
  } catch (error) {
    if (!(error instanceof TranslationError)) throw error;
  }
  return context.losses.list;
}

describe.each(PAIRS)("every loss from $from to $to is declared", ({ from, to }) => {
  const recordings = allRecordings().filter(({ dialect }) => dialect === from);
  const onTheWay = { from, to, when: "request" } as const;

  test.skipIf(RECORDINGS_MISSING)("in recorded requests and samples", () => {
    const recorded = recordings.filter(isConversation).map(({ request = {} }) => request);
    const sampled = allSamples().flatMap(({ dialect, body }) => (dialect === from ? [body] : []));
    const targets = TARGETS.filter(({ dialect }) => dialect === to);
    const losses = [...recorded, ...sampled].flatMap((body) =>
      targets.flatMap((target) => undeclared(requestLosses(body, from, target), onTheWay)),
    );
    expect(losses).toEqual([]);
  });

  test.skipIf(RECORDINGS_MISSING)("in recorded answers", () => {
    const losses = recordings.filter(isAnswer).flatMap((recording) => answerLosses(recording, to));
    expect(undeclared(losses, { from, to, when: "answer" })).toEqual([]);
  });

  test("in conversations of any kind", () => {
    fc.assert(
      fc.property(requests(from), (body) => {
        expect(undeclared(requestLosses(body, from, MAIN_TARGETS[to]), onTheWay)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
