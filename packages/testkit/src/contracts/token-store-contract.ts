import { describe, expect, it } from "vitest";

import { tokenRecord } from "./samples.ts";
import type { OpenStore } from "./store-contract.ts";

const LABELS = {
  empty: "",
  "with quotes": `O'Brien said "hi" \`twice\` \\ and left`,
  "with SQL": "'); DROP TABLE tokens; --",
  "with line breaks": "a\r\nb\u2028c\td",
  "of many scripts": "Zoë Ωμέγα Привет 你好 שלום",
  "with joined emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301",
  "with control characters": "\u0001\u001B[31m\u007F\uFEFF",
  "at the longest": "ü".repeat(1024),
};

/** Declares the tests of `TokenStore` that need one connection. */
export function describeTokenStore(open: OpenStore): void {
  describe("tokens", () => {
    it("gives back what was put", async () => {
      const { tokens } = await open();
      const record = tokenRecord({
        account: "primary",
        scopes: ["inference", "observe"],
        revokedAtMs: 1_700_000_000_001,
      });
      await tokens.put(record);
      expect(await tokens.get(record.id)).toStrictEqual(record);
    });

    it("has nothing for an unknown id", async () => {
      const { tokens } = await open();
      await tokens.put(tokenRecord());
      expect(await tokens.get(tokenRecord().id)).toBeUndefined();
      expect(await tokens.get("")).toBeUndefined();
    });

    it("is empty at first", async () => {
      const { tokens } = await open();
      expect(await tokens.list()).toStrictEqual([]);
    });

    it("lists the oldest first, and by id what is of the same age", async () => {
      const { tokens } = await open();
      const [a, b, c] = [
        tokenRecord({ id: "00000000-0000-4000-8000-00000000000a", issuedAtMs: 2000 }),
        tokenRecord({ id: "00000000-0000-4000-8000-00000000000b", issuedAtMs: 1000 }),
        tokenRecord({ id: "00000000-0000-4000-8000-00000000000c", issuedAtMs: 1000 }),
      ] as const;
      for (const record of [a, c, b]) await tokens.put(record);
      expect(await tokens.list()).toStrictEqual([b, c, a]);
    });

    it("replaces the whole record of the same id", async () => {
      const { tokens } = await open();
      const before = tokenRecord({ account: "primary", revokedAtMs: 5 });
      const after = tokenRecord({ id: before.id, label: "bob", scopes: [], issuedAtMs: 1 });
      await tokens.put(before);
      await tokens.put(tokenRecord());
      await tokens.put(after);
      expect(await tokens.get(before.id)).toStrictEqual(after);
      expect(await tokens.list()).toHaveLength(2);
    });

    it.each(Object.entries(LABELS))("keeps a label %s", async (_, label) => {
      const { tokens } = await open();
      const record = tokenRecord({ label, account: label });
      await tokens.put(record);
      expect(await tokens.get(record.id)).toStrictEqual(record);
    });
  });
}
