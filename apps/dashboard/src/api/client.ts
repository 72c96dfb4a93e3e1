import * as z from "zod/mini";

import { adminKey, logOut } from "../session.ts";

const TIMEOUT_MS = 20_000;

/** What the gateway refused, or that it did not answer at all; the message is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A request to the gateway. */
export interface Ask {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: object | string;
  readonly signal?: AbortSignal;
  /** In place of the admin key. */
  readonly credential?: string;
}

const faultSchema = z.object({ error: z.object({ message: z.string() }) });

/** Where the gateway is: everything before the dashboard's own folder, so that any path prefix works. Ends in a slash. */
export function gatewayUrl(): string {
  return new URL(location.pathname.replace(/dashboard\/.*$/, ""), location.origin).href;
}

/** Asks the gateway, and reads its answer. Throws an `ApiError`; a refused admin key also ends the session. */
export async function ask<T>(schema: z.ZodMiniType<T>, path: string, how: Ask = {}): Promise<T> {
  const answer = await send(path, how);
  const read = schema.safeParse(await answer.json().catch(() => undefined));
  if (read.success) return read.data;
  throw new ApiError(answer.status, "The gateway's answer was not understood. Is it of the same release as this page?");
}

/** Asks for a stream as a client with this router token. Throws an `ApiError`; the stream itself has no limit of time. */
export async function sendForStream(
  path: string,
  credential: string,
  body: object,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const answer = await fetched(path, requestOf({ method: "POST", body }, credential));
  if (answer.ok && answer.body !== null) return answer.body;
  throw new ApiError(answer.status, await messageOf(answer));
}

/** Sends a request and gives its answer once that is known to be good. Throws an `ApiError`. */
async function send(path: string, { signal, credential, ...how }: Ask): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const request = requestOf(how, credential ?? adminKey() ?? "");
  const answer = await fetched(path, {
    ...request,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (answer.ok) return answer;
  if (answer.status === 401 && credential === undefined) logOut();
  throw new ApiError(answer.status, await messageOf(answer));
}

async function fetched(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, gatewayUrl()), request);
  } catch (error) {
    // What a page no longer wants is no fault of the gateway.
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "The gateway does not answer.");
  }
}

function requestOf({ method = "GET", body }: Ask, credential: string): RequestInit {
  const headers: Record<string, string> = { authorization: `Bearer ${credential}` };
  if (body === undefined) return { method, headers };
  const isText = typeof body === "string";
  headers["content-type"] = isText ? "text/plain" : "application/json";
  return { method, headers, body: isText ? body : JSON.stringify(body) };
}

async function messageOf(answer: Response): Promise<string> {
  const read = faultSchema.safeParse(await answer.json().catch(() => undefined));
  return read.success ? read.data.error.message : `The gateway answered with status ${answer.status}.`;
}
