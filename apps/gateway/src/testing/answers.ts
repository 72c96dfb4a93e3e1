import { connect } from "node:net";

import { isJsonObject } from "../body.ts";

/** The JSON object that a response holds. */
export async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = await response.json();
  if (isJsonObject(value)) return value;
  throw new TypeError("the response holds no JSON object");
}

/** The ids in a list of models. */
export function idsOf(page: Readonly<Record<string, unknown>>): unknown[] {
  const entries: unknown = page["data"];
  return Array.isArray(entries) ? entries.map((entry: unknown) => (isJsonObject(entry) ? entry["id"] : undefined)) : [];
}

/** Sends these bytes, each part as a write of its own, and gives back all that comes until the connection closes. */
export function rawRequest(url: string, ...parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.on("error", () => {});
  });
}
