import { DIALECT_IDS } from "../src/index.ts";
import type { DialectId, Loss } from "../src/index.ts";
import { ACCEPTANCE } from "../src/testing/acceptance/index.ts";
import {
  MAIN_TARGETS,
  contextOf,
  isAnswer,
  isConversation,
  optionsFor,
  othersOf,
  rulesOf,
  translateStream,
} from "../src/testing/exchange.ts";
import { LAWS } from "../src/testing/laws/index.ts";
import { RECORDINGS_MISSING, allRecordings } from "../src/testing/recordings.ts";
import type { Recording } from "../src/testing/recordings.ts";
import { translateError } from "../src/translate-error.ts";
import { translateRequest } from "../src/translate-request.ts";
import { translateResponse } from "../src/translate-response.ts";
import { TranslationError } from "../src/translation-error.ts";

/*
 * How much of the recorded traffic is translated: `node bench/coverage.ts` prints, for each pair of dialects, how many recordings of all
 * pass, how many requests are refused because the answer would be to another question, and what is lost how often.
 */

/** Passed, refused with a reason, and of how many. */
interface Count {
  passed: number;
  refused: number;
  total: number;
}

type Outcome = "passed" | "refused" | "failed";

interface Pair {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly counts: Record<string, Count>;
  readonly losses: Map<string, number>;
}

const KINDS = ["requests", "buffered", "streams", "errors"] as const;

if (RECORDINGS_MISSING) console.log("There are no recordings in ../shared beside the repository.");
else await report();

async function report(): Promise<void> {
  const recordings = allRecordings();
  const pairs: Pair[] = [];
  for (const from of DIALECT_IDS)
    for (const to of othersOf(from))
      pairs.push(
        await measure(
          from,
          to,
          recordings.filter(({ dialect }) => dialect === from),
        ),
      );
  console.log(row(["from", "to", ...KINDS]));
  for (const { from, to, counts } of pairs) console.log(row([from, to, ...KINDS.map((kind) => spelled(counts[kind]))]));
  for (const { from, to, losses } of pairs) {
    console.log(`\nlost from ${from} to ${to}`);
    for (const [loss, count] of [...losses].toSorted(([, a], [, b]) => b - a))
      console.log(`${String(count).padStart(6)}  ${loss}`);
  }
}

async function measure(from: DialectId, to: DialectId, recordings: readonly Recording[]): Promise<Pair> {
  const losses = new Map<string, number>();
  const counts: Record<string, Count> = {};
  const count = (kind: (typeof KINDS)[number], outcome: Outcome): void => {
    const each = (counts[kind] ??= { passed: 0, refused: 0, total: 0 });
    each.total++;
    if (outcome !== "failed") each[outcome]++;
  };
  for (const recording of recordings) {
    if (isConversation(recording)) count("requests", requestOutcome(recording, to, losses));
    if (recording.status >= 400) count("errors", errorOutcome(recording, to));
    else if (isAnswer(recording)) {
      count(recording.sse === undefined ? "buffered" : "streams", await answerOutcome(recording, to, losses));
    }
  }
  return { from, to, counts, losses };
}

function noteLosses(losses: Map<string, number>, list: readonly Loss[]): void {
  for (const { field, outcome } of list)
    losses.set(`${outcome} ${field}`, (losses.get(`${outcome} ${field}`) ?? 0) + 1);
}

function requestOutcome({ dialect, request }: Recording, to: DialectId, losses: Map<string, number>): Outcome {
  try {
    const target = MAIN_TARGETS[to];
    const translated = translateRequest(request ?? {}, optionsFor(dialect, target));
    noteLosses(losses, translated.losses);
    return LAWS[to](translated.body, rulesOf(target)).length === 0 ? "passed" : "failed";
  } catch (error) {
    return error instanceof TranslationError ? "refused" : "failed";
  }
}

async function answerOutcome(recording: Recording, to: DialectId, losses: Map<string, number>): Promise<Outcome> {
  const { body, sse } = recording;
  const { streamComplaints, wholeComplaints, whole, stream } = ACCEPTANCE[to];
  const context = contextOf(recording, to);
  try {
    let complaints: readonly string[];
    if (sse === undefined) {
      const translated = translateResponse(body ?? {}, context).body;
      complaints = wholeComplaints(translated);
      await whole(translated);
    } else {
      const translated = translateStream(sse, context);
      complaints = streamComplaints(translated, true);
      await stream(translated);
    }
    noteLosses(losses, context.losses.list);
    return complaints.length === 0 ? "passed" : "failed";
  } catch (error) {
    // A stream that broke off must break off for the client too: the SDK throws then.
    return error instanceof TranslationError || (sse !== undefined && error instanceof Error) ? "refused" : "failed";
  }
}

function errorOutcome({ dialect, status, body }: Recording, to: DialectId): Outcome {
  const translated = translateError({ status, body: JSON.stringify(body ?? "") }, { from: dialect, to });
  // OpenAI says 400 of a model that is not there, Anthropic 404.
  const expected = translated.error.kind === "model_not_found" ? 404 : status;
  return translated.status === expected ? "passed" : "failed";
}

function spelled(count: Count | undefined): string {
  if (count === undefined) return "-";
  const refused = count.refused === 0 ? "" : ` (+${count.refused} refused)`;
  return `${count.passed}/${count.total}${refused}`;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.padEnd(24))
    .join("")
    .trimEnd();
}
