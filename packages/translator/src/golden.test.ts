import { expect, test } from "vitest";

import type { JsonObject } from "./json.ts";
import {
  MAIN_TARGETS,
  contextOf,
  isAnswer,
  optionsFor,
  othersOf,
  streamed,
  translateStream,
} from "./testing/exchange.ts";
import { ownRecordings } from "./testing/recordings.ts";
import { translateRequest } from "./translate-request.ts";
import { translateResponse } from "./translate-response.ts";
import { TranslationError } from "./translation-error.ts";

/*
 * Whole translations of a readable few recordings, to be looked at: `vitest run -u` writes them anew, and the difference is then part of
 * the change. Where the recordings come from is in `fixtures/LICENSES.md`.
 */

const EXCHANGES = ownRecordings().flatMap((recording) =>
  othersOf(recording.dialect).map((other) => ({ id: recording.id, other, recording })),
);

const fileOf = (name: string): string => new URL(`fixtures/golden/${name}`, import.meta.url).pathname;
const asJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What is sent and what is lost, or why nothing is sent. */
function request(body: JsonObject, options: Parameters<typeof translateRequest>[1]): string {
  try {
    const { body: translated, losses } = translateRequest(body, options);
    return asJson({ body: translated, losses });
  } catch (error) {
    if (!(error instanceof TranslationError)) throw error;
    const { kind, message, param, code } = error;
    return asJson({ error: { kind, message, param, code } });
  }
}

/** What of an exchange was recorded: a request as a rule, and an answer in one of two forms. */
const ASKED = EXCHANGES.filter(({ recording }) => recording.request !== undefined);
const WHOLE = EXCHANGES.filter(({ recording }) => recording.body !== undefined && isAnswer(recording));
const STREAMED = EXCHANGES.filter(({ recording }) => recording.sse !== undefined);

test.each(ASKED)("$id and $other > request", async ({ id, other, recording }) => {
  const { dialect, request: body = {} } = recording;
  const text = request(streamed(dialect, body), optionsFor(dialect, MAIN_TARGETS[other]));
  await expect(text).toMatchFileSnapshot(fileOf(`${id}.to-${other}.request.json`));
});

test.each(WHOLE)("$id and $other > whole answer", async ({ id, other, recording }) => {
  const { body: translated, losses } = translateResponse(recording.body ?? {}, contextOf(recording, other));
  await expect(asJson({ body: translated, losses })).toMatchFileSnapshot(fileOf(`${id}.for-${other}.answer.json`));
});

test.each(STREAMED)("$id and $other > stream", async ({ id, other, recording }) => {
  const sse = translateStream(recording.sse ?? "", contextOf(recording, other));
  await expect(sse).toMatchFileSnapshot(fileOf(`${id}.for-${other}.sse`));
});
