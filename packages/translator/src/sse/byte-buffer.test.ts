import { expect, test, vi } from "vitest";

import { ByteBuffer } from "./byte-buffer.ts";

test("puts pieces together", () => {
  const buffer = new ByteBuffer();
  for (let piece = 0; piece < 3000; piece++) buffer.append(new Uint8Array([piece % 251, 7]));
  expect(buffer.length).toBe(6000);
  expect(buffer.bytes).toHaveLength(6000);
  expect([...buffer.bytes.subarray(5998)]).toEqual([2999 % 251, 7]);
  buffer.clear();
  expect(buffer.length).toBe(0);
  expect(buffer.bytes).toHaveLength(0);
});

test("keeps no hold of a piece", () => {
  const buffer = new ByteBuffer();
  const piece = new Uint8Array([1, 2, 3]);
  buffer.append(piece);
  piece.fill(9);
  expect([...buffer.bytes]).toEqual([1, 2, 3]);
});

test("copies each byte a bounded number of times", () => {
  const set = vi.spyOn(Uint8Array.prototype, "set");
  const buffer = new ByteBuffer();
  const piece = new Uint8Array(1024);
  for (let times = 0; times < 4096; times++) buffer.append(piece);
  const copied = set.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
  set.mockRestore();
  expect(copied).toBeGreaterThanOrEqual(buffer.length);
  expect(copied).toBeLessThan(2 * buffer.length);
});
