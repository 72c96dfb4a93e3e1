import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

/** Where the recordings lie unless told otherwise: `shared/recordings` beside the repository. */
export const RECORDINGS_DIRECTORY: string = join(import.meta.dirname, "../../../../shared/recordings");

/** The dialects that were recorded, each with the first letters of its ids. */
const DIALECT_BY_PREFIX = {
  am: "anthropic-messages",
  oc: "openai-chat",
  or: "openai-responses",
} as const;

const dialect = z.enum(Object.values(DIALECT_BY_PREFIX));
const fidelity = z.enum(["raw", "reserialised", "redacted", "reframed"]);
const provenance = z.enum(["cassette", "capture", "fixture"]);
const headers = z.record(z.string(), z.string());
const jsonObject = z.record(z.string(), z.unknown());

const entrySchema = z.object({
  id: z.string(),
  dialect,
  provider: z.string(),
  stream: z.boolean(),
  status: z.int(),
  model: z.string().nullable(),
  provenance,
  fidelity,
  features: z.array(z.string()),
});

const recordingSchema = z.object({
  id: z.string(),
  dialect,
  provider: z.string(),
  stream: z.boolean(),
  status: z.int(),
  provenance,
  fidelity,
  features: z.array(z.string()),
  request: z.object({ method: z.string(), path: z.string(), headers, body: jsonObject.nullable() }),
  response: z.object({
    headers,
    body: z.unknown().optional(),
    sse: z.string().optional(),
    text: z.string().optional(),
    leading_whitespace: z.int().optional(),
  }),
});

/** The wire language of a recording. */
export type RecordedDialect = z.infer<typeof dialect>;

/** One line of the index of recordings. `model` is null where the request named none. */
export interface RecordingEntry extends Readonly<z.infer<typeof entrySchema>> {}

/**
 * One recorded exchange. `request.body` is null where only the response was kept. The response has one of `sse` (text of the stream as
 * it came), `body` (parsed JSON) and `text` (neither).
 */
export interface Recording extends Readonly<z.infer<typeof recordingSchema>> {}

/** Whether there are recordings to read. Tests that need them are skipped where there are none. */
export function recordingsAvailable(directory: string = RECORDINGS_DIRECTORY): boolean {
  return existsSync(join(directory, "index.json"));
}

/** The recordings of one dialect, or those that are streams or are not; without a filter all. None where there are no recordings. */
export function listRecordings(
  filter: { readonly dialect?: RecordedDialect; readonly stream?: boolean } = {},
  directory: string = RECORDINGS_DIRECTORY,
): RecordingEntry[] {
  if (!recordingsAvailable(directory)) return [];
  const index = z.object({ exchanges: z.array(entrySchema) }).parse(readJson(join(directory, "index.json")));
  return index.exchanges.filter(
    (entry) =>
      (filter.dialect === undefined || entry.dialect === filter.dialect) &&
      (filter.stream === undefined || entry.stream === filter.stream),
  );
}

/** One recording; throws when there is none of that id. */
export function readRecording(id: string, directory: string = RECORDINGS_DIRECTORY): Recording {
  const [, prefix] = /^(am|oc|or)-[\w.-]+$/.exec(id) ?? [];
  const folder = Object.entries(DIALECT_BY_PREFIX).find(([letters]) => letters === prefix)?.[1];
  if (folder === undefined) throw new TypeError(`not the id of a recording: ${id}`);
  return recordingSchema.parse(readJson(join(directory, folder, `${id}.json`)));
}

/**
 * The body of a recorded answer as text. A stream is as it came; JSON is written again, after as many blanks as came before it.
 */
export function recordedText(recording: Recording): string {
  const { sse, text, body, leading_whitespace: blanks = 0 } = recording.response;
  return sse ?? text ?? "\n".repeat(blanks) + JSON.stringify(body);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
