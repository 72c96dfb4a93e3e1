import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

import { textTurn } from "@link-assistant/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { MESSAGE, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

/*
 * Bodies that are compressed: read up to the same bound as others, and sent on uncompressed.
 */

const MAX_BODY_BYTES = 100_000;
const BODY = Buffer.from(JSON.stringify(MESSAGE));
const ENCODINGS: readonly (readonly [encoding: string, compress: (bytes: Buffer) => Buffer])[] = [
  ["identity", (bytes) => bytes],
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ script: () => textTurn("Hi"), config: { server: { maxBodyBytes: MAX_BODY_BYTES } } });
});
afterAll(() => harness[Symbol.asyncDispose]());

function send(body: Buffer, encoding: string, path = "/v1/messages"): Promise<Response> {
  const headers = { "content-type": "application/json", "content-encoding": encoding };
  return harness.fetch(path, { method: "POST", headers, body: new Uint8Array(body) });
}

describe.each(ENCODINGS)("a body in %s", (encoding, compress) => {
  test("goes up as it was before", async () => {
    expect((await send(compress(BODY), encoding)).status).toBe(200);
    const request = harness.simulator.requests.at(-1);
    expect(request?.rawBody.equals(BODY)).toBe(true);
    expect(request?.headers).not.toHaveProperty("content-encoding");
    expect(request?.headers["content-length"]).toBe(String(BODY.length));
  });

  test("that is, or becomes, too large is a 413", async () => {
    const response = await send(compress(Buffer.alloc(MAX_BODY_BYTES + 1, " ")), encoding);
    expect(response.status).toBe(413);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ error: { type: "request_too_large" } });
  });

  test("may be as large as the bound", async () => {
    const padded = Buffer.concat([BODY, Buffer.alloc(MAX_BODY_BYTES - BODY.length, " ")]);
    expect((await send(compress(padded), encoding)).status).toBe(200);
  });
});

describe("a body", () => {
  test.each(["compress", "gzip, zstd", "lzma"])("in `%s` is a 415 that names what is known", async (encoding) => {
    const response = await send(BODY, encoding);
    expect(response.status).toBe(415);
    expect(await response.text()).toMatch(/`gzip`, `deflate`, `br` or `zstd`/);
  });

  test.each(["gzip", "deflate", "br", "zstd"])("that is no %s is a 400, in every dialect", async (encoding) => {
    for (const path of ["/v1/messages", "/v1/chat/completions", "/v1/responses"]) {
      const response = await send(BODY, encoding, path);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("content-encoding") } });
    }
  });

  test.each(ENCODINGS.filter(([encoding]) => encoding !== "identity"))(
    "whose %s breaks off is a 400, and nothing goes up",
    async (encoding, compress) => {
      const before = harness.simulator.requests.length;
      const whole = compress(BODY);
      expect((await send(whole.subarray(0, whole.length - 9), encoding)).status).toBe(400);
      expect(harness.simulator.requests).toHaveLength(before);
    },
  );
});
