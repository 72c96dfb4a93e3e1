import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

import { GatewayError } from "@link-assistant/core";
import type { FaultDetails } from "@link-assistant/core";

import { errorCode } from "./error-code.ts";

/** Bounds of a request body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** Longest wait for a body that is not wanted, and how many times the permitted length of it is let go by. */
const MAX_DISCARD_MS = 2000;
const MAX_DISCARD_FACTOR = 8;

/**
 * Reads a request body whole, as one piece of memory. Too long or too slow: a fault. A client that leaves while it
 * sends: `undefined`, because nobody is left to answer. A compressed body is given uncompressed; the bound holds for both.
 */
export async function readBody(req: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  const encoding = req.headers["content-encoding"];
  if (encoding === undefined) return readBytes(req, limits);
  const decode = decoderOf(encoding);
  if (decode === undefined) throw new GatewayError("body_encoding_unsupported");
  const body = await readBytes(req, limits);
  return body === undefined ? undefined : decode(body, limits);
}

function readBytes(req: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  if (Number(req.headers["content-length"] ?? 0) > limits.maxBodyBytes) return Promise.reject(tooLarge(limits));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => settle(new GatewayError("body_timeout")), limits.bodyTimeoutMs);
    const settle = (outcome: Buffer | undefined | GatewayError): void => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      if (outcome instanceof GatewayError) reject(outcome);
      else resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limits.maxBodyBytes) return settle(tooLarge(limits));
      chunks.push(chunk);
    };
    const onEnd = (): void => settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes));
    const onClose = (): void => settle(undefined);
    req.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

/**
 * Lets a body that nobody will read come to its end, so that the client gets to read the answer. Gives up in the
 * end; what comes later is cut off with the connection.
 */
export function discardBody(req: IncomingMessage, limits: BodyLimits): Promise<void> {
  if (req.readableEnded || req.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(() => settle(), Math.min(limits.bodyTimeoutMs, MAX_DISCARD_MS));
    const settle = (): void => {
      clearTimeout(timer);
      req.off("data", onData).off("end", settle).off("close", settle);
      req.resume();
      resolve();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MAX_DISCARD_FACTOR * limits.maxBodyBytes) settle();
    };
    req
      .on("error", () => {})
      .on("data", onData)
      .on("end", settle)
      .on("close", settle);
  });
}

/** Undoes one `content-encoding`. */
type Decode = (body: Buffer, limits: BodyLimits) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ["identity", (body) => Promise.resolve(body)],
  ["gzip", decodeWith(promisify(gunzip))],
  ["x-gzip", decodeWith(promisify(gunzip))],
  ["deflate", decodeWith(promisify(inflate))],
  ["br", decodeWith(promisify(brotliDecompress))],
  ["zstd", decodeWith(promisify(zstdDecompress))],
]);

function decoderOf(encoding: string): Decode | undefined {
  return DECODERS.get(encoding.trim().toLowerCase());
}

function decodeWith(decompress: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>): Decode {
  return async (body, limits) => {
    try {
      return await decompress(body, { maxOutputLength: limits.maxBodyBytes });
    } catch (error) {
      throw errorCode(error) === "ERR_BUFFER_TOO_LARGE" ? tooLarge(limits) : new GatewayError("body_encoding_broken");
    }
  };
}

function tooLarge(limits: BodyLimits): GatewayError {
  return new GatewayError("body_too_large", { detail: `At most ${limits.maxBodyBytes} bytes.` });
}

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object that a body holds, or a fault. Numbers that JavaScript cannot hold stay as they are written. */
export function parseJsonObject(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (error) {
    throw new GatewayError("body_not_json", whereJsonBreaks(error));
  }
  if (isJsonObject(value)) return value;
  throw new GatewayError("body_not_json");
}

/** Whether a parsed value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Only the position: the parser's own sentence quotes the body. */
function whereJsonBreaks(error: unknown): FaultDetails {
  const says = error instanceof Error ? error.message : "";
  const position = /position (\d+)/.exec(says)?.[1];
  if (position !== undefined) return { detail: `It breaks at position ${position}.` };
  return says.includes("end of JSON") ? { detail: "It ends too early." } : {};
}
