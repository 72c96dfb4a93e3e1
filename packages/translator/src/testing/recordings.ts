import { existsSync, readFileSync, readdirSync } from "node:fs";

import { DIALECT_IDS } from "../dialect.ts";
import type { DialectId } from "../dialect.ts";
import { asObject, asString, parseObject } from "../json.ts";
import type { JsonObject } from "../json.ts";

const SHARED = new URL("../../../../../shared/", import.meta.url);
const FOLDER = new URL("recordings/", SHARED);
const OWN = new URL("../fixtures/recordings/", import.meta.url);
const SAMPLES = new URL("design/client-requests/", SHARED);

/** Whether the recordings are not there; then every test over them is skipped. */
export const RECORDINGS_MISSING: boolean = !existsSync(FOLDER);
/** Whether the samples of what clients send are not there. */
export const SAMPLES_MISSING: boolean = !existsSync(SAMPLES);

/** One exchange between a client and a service. */
export interface Recording {
  readonly id: string;
  readonly dialect: DialectId;
  readonly provider: string;
  readonly path: string;
  readonly status: number;
  /** Absent where only the answer was kept. */
  readonly request?: JsonObject;
  /** A whole answer. */
  readonly body?: JsonObject;
  /** A streamed one. */
  readonly sse?: string;
  readonly features: readonly string[];
}

/** Every recorded exchange. */
export function allRecordings(): readonly Recording[] {
  if (RECORDINGS_MISSING) return [];
  return DIALECT_IDS.flatMap((dialect) => {
    const folder = new URL(`${dialect}/`, FOLDER);
    return readdirSync(folder)
      .toSorted()
      .map((file) => readRecording(dialect, readFileSync(new URL(file, folder), "utf8")));
  });
}

function readRecording(dialect: DialectId, text: string): Recording {
  const recording = parseObject(text) ?? {};
  const request = asObject(recording.request) ?? {};
  const response = asObject(recording.response) ?? {};
  const [asked, body, sse] = [asObject(request.body), asObject(response.body), asString(response.sse)];
  return {
    id: asString(recording.id) ?? "",
    dialect,
    provider: asString(recording.provider) ?? "",
    path: asString(request.path)?.split("?")[0] ?? "",
    status: Number(recording.status),
    ...(asked !== undefined && { request: asked }),
    ...(body !== undefined && { body }),
    ...(sse !== undefined && { sse }),
    features: Array.isArray(recording.features) ? recording.features.map(String) : [],
  };
}

/** The recorded exchanges that are part of this repository: a readable few. */
export function ownRecordings(): readonly Recording[] {
  return readdirSync(OWN)
    .toSorted()
    .map((file) => {
      const dialect = DIALECT_IDS[["am", "oc", "or"].indexOf(file.slice(0, 2))] ?? "openai-chat";
      return readRecording(dialect, readFileSync(new URL(file, OWN), "utf8"));
    });
}

/** A request as a real client sent it. */
export interface Sample {
  readonly name: string;
  readonly dialect: DialectId;
  readonly path: string;
  readonly body: JsonObject;
}

/** Every sample of what clients send that asks for an answer. */
export function allSamples(): readonly Sample[] {
  if (SAMPLES_MISSING) return [];
  return readdirSync(SAMPLES)
    .toSorted()
    .flatMap((file) => {
      const request = asObject(parseObject(readFileSync(new URL(file, SAMPLES), "utf8"))?.request) ?? {};
      const [body, path = ""] = [asObject(request.body), asString(request.path)?.split("?")[0]];
      const dialect = DIALECTS_BY_PATH.find(([end]) => path.endsWith(end))?.[1];
      return body === undefined || dialect === undefined
        ? []
        : [{ name: file.replace(/\.json$/, ""), dialect, path, body }];
    });
}

const DIALECTS_BY_PATH: readonly (readonly [end: string, dialect: DialectId])[] = [
  ["/messages", "anthropic-messages"],
  ["/messages/count_tokens", "anthropic-messages"],
  ["/chat/completions", "openai-chat"],
  ["/responses", "openai-responses"],
];
