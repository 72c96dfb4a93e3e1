import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import type { DialectId } from "./dialect.ts";
import type { JsonObject } from "./json.ts";
import { MAIN_TARGETS, isConversation, optionsFor, othersOf, rulesOf } from "./testing/exchange.ts";
import { LAWS } from "./testing/laws/index.ts";
import { RECORDINGS_MISSING, SAMPLES_MISSING, allRecordings, allSamples } from "./testing/recordings.ts";
import { translateRequest } from "./translate-request.ts";
import { TranslationError } from "./translation-error.ts";

if (RECORDINGS_MISSING || SAMPLES_MISSING)
  console.warn("SKIPPED: translation of recorded requests, for ../shared is missing beside the repository");

/**
 * The fields over which a recorded request may be refused, for its answer would be to another question, and those that are malformed; by
 * the client's dialect.
 */
const REFUSED: Readonly<Record<DialectId, readonly (string | RegExp)[]>> = {
  "anthropic-messages": [
    "mcp_servers",
    "thread",
    "messages[].content[].compaction",
    "messages[].content[].source.file_id",
    "messages[].content[].source.url",
    // A computer or a browser to use.
    "tools[].type",
    // A sample that was shortened has a text in place of its last tool.
    "tools[12]",
  ],
  "openai-chat": [
    "n",
    "modalities",
    "messages[].content[].file.file_id",
    "messages[].content[].input_audio",
    // Videos.
    /^messages\[\d+\]\.content\[\d+\]$/,
    // At Azure the model is in the path.
    "model",
  ],
  "openai-responses": [
    "previous_response_id",
    "conversation",
    "background",
    "input[].compaction",
    "input[].item_reference",
    "input[].content[].file_id",
    "input[].content[].file_url",
    "input[].content[].input_audio",
    // A word processor's file.
    "input[].content[].image_url",
    // A hosted tool that must be called.
    "tool_choice",
    // A prompt that is kept there names its own model.
    "model",
  ],
};

function mayBeRefused(dialect: DialectId, param: string | undefined): boolean {
  return REFUSED[dialect].some((field) => (typeof field === "string" ? field === param : field.test(param ?? "")));
}

interface Asked {
  readonly name: string;
  readonly dialect: DialectId;
  readonly body: JsonObject;
}

const ASKED: readonly Asked[] = [
  ...allRecordings().flatMap((recording) => {
    const { id, dialect, request } = recording;
    return request !== undefined && isConversation(recording) ? [{ name: id, dialect, body: request }] : [];
  }),
  ...allSamples().filter(({ path }) => !path.endsWith("count_tokens")),
];

describe.skipIf(RECORDINGS_MISSING || SAMPLES_MISSING)("requests (SKIPPED where ../shared is missing)", () => {
  test("are there, of every dialect", () => {
    for (const dialect of DIALECT_IDS)
      expect(ASKED.filter((each) => each.dialect === dialect).length).toBeGreaterThan(150);
  });

  const pairs = DIALECT_IDS.flatMap((from) => othersOf(from).map((to) => ({ from, to })));
  describe.each(pairs)("of $from to $to", ({ from, to }) => {
    const options = optionsFor(from, MAIN_TARGETS[to]);
    const rules = rulesOf(MAIN_TARGETS[to]);

    test.each(ASKED.filter(({ dialect }) => dialect === from))("$name", ({ body }) => {
      const once = outcomeOf(body);
      expect(once.complaints).toEqual([]);
      expect(once.refusal).toSatisfy(
        (refusal?: TranslationError) => refusal === undefined || mayBeRefused(from, refusal.param),
      );
      expect(outcomeOf(JSON.stringify(body))).toEqual(once);
    });

    function outcomeOf(body: JsonObject | string): {
      text?: string;
      complaints: readonly string[];
      refusal?: TranslationError;
    } {
      try {
        const { text } = translateRequest(body, options);
        return { text, complaints: LAWS[to](JSON.parse(text), rules) };
      } catch (error) {
        if (!(error instanceof TranslationError)) throw error;
        return { complaints: [], refusal: error };
      }
    }
  });
});
