import type { z } from "zod";

import { StoreError } from "./store-error.ts";

/** A row as an engine gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** What the row holds by this schema; throws a `StoreError` when it does not. `place` is the database, for people. */
export function parseRow<T>(schema: z.ZodType<T>, row: Row, place: string): T {
  const { success, data, error } = schema.safeParse(row);
  if (success) return data;
  const reasons = error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new StoreError("corrupt", place, `row ${String(row["id"])}: ${reasons.join("; ")}`);
}
