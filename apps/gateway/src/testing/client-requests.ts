import { existsSync, readFileSync, readdirSync } from "node:fs";

import { sealReasoning, signThinking } from "@link-assistant/testkit";

import { isJsonObject } from "../body.ts";
import type { JsonObject } from "../body.ts";

const FOLDER = new URL("../../../../../shared/design/client-requests/", import.meta.url);

/** Whether the recorded requests of real clients are not there; then every test over them is skipped. */
export const CLIENT_REQUESTS_MISSING: boolean = !existsSync(FOLDER);

/** A request as a real client sent it. */
export interface ClientRequest {
  /** `CLIENT.SCENARIO`. */
  readonly name: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Without those of its connection; the credential stands in the header that the client uses, as `credential` gives it. */
  readonly headers: (credential: string) => Record<string, string>;
  /** Null where it has none. */
  readonly body: JsonObject | null;
}

/** The recorded requests, one for each client and scenario. */
export function clientRequests(): readonly ClientRequest[] {
  if (CLIENT_REQUESTS_MISSING) return [];
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => {
      const { request }: { readonly request: JsonObject } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
      const { method, path, headers, body } = request;
      return {
        name: file.replace(/\.json$/, ""),
        method: String(method),
        path: String(path),
        headers: (credential) => headersWith(isJsonObject(headers) ? headers : {}, credential),
        body: isJsonObject(body) ? mended(body) : null,
      };
    });
}

/** The recorded request of that name. */
export function clientRequest(name: string): ClientRequest {
  const found = clientRequests().find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`there is no recorded request ${name}`);
  return found;
}

/** Headers that belong to one connection, or that the HTTP client of a test makes itself. */
const OF_THE_CONNECTION = new Set(["host", "connection", "content-length", "accept-encoding", "upgrade"]);

function headersWith(recorded: JsonObject, credential: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(recorded)) {
    if (OF_THE_CONNECTION.has(name) || name.startsWith("sec-")) continue;
    // Long values were cut, and the cut was marked by a letter that no header may hold.
    headers[name] = String(value).replaceAll("…", "...");
  }
  if (headers["authorization"] !== undefined) headers["authorization"] = `Bearer ${credential}`;
  if (headers["x-api-key"] !== undefined) headers["x-api-key"] = credential;
  return headers;
}

/**
 * The recorded requests were shortened: of a schema's properties only the names were kept, of a long list the number of its members, and
 * proofs of reasoning were cut. This makes them valid again.
 */
function mended(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mendedMember(name, member, value)]));
}

function mendedMember(name: string, member: unknown, { thinking }: JsonObject): unknown {
  if (name === "properties" && Array.isArray(member)) {
    return Object.fromEntries(member.map((property) => [String(property), { type: "string" }]));
  }
  if (name === "signature") return signThinking(String(thinking));
  if (name === "encrypted_content") return sealReasoning("");
  if (Array.isArray(member)) {
    return member.filter((each) => !isMark(each)).map((each: unknown) => (isJsonObject(each) ? mended(each) : each));
  }
  return isJsonObject(member) ? mended(member) : member;
}

/** What stands for the members that were left out of a list. */
function isMark(member: unknown): boolean {
  return typeof member === "string" && member.startsWith("…");
}
