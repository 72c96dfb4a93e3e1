import { join } from "node:path";

import type { LedgerEntry } from "@link-assistant/core";

import { openSqliteStore } from "../apps/gateway/src/stores/sqlite.ts";
import { temporaryDirectory } from "./children.ts";
import { table } from "./table.ts";

/** What it costs to keep rows that so many exchanges at once wait for. */
export interface LedgerFigure {
  readonly atOnce: number;
  readonly rowsPerSecond: number;
  /** CPU time of the process, kernel included. */
  readonly microsecondsPerRow: number;
}

const AT_ONCE = [1, 8, 64, 512];
const GROUP = 500;
const SERIES_DAYS = 30;
const DAY_MS = 86_400_000;

/** Appends rows to an empty SQLite ledger, each waited for, and then asks it for sums over a month. */
export async function measureLedger(
  rows: number,
): Promise<{ figures: LedgerFigure[]; seriesMs: number; rows: number }> {
  const store = openSqliteStore({ path: join(temporaryDirectory(), "router.sqlite") });
  const figures: LedgerFigure[] = [];
  let written = 0;
  for (const atOnce of AT_ONCE) {
    // A row alone waits 2 ms for others.
    const count = Math.min(rows, atOnce * 500);
    const [cpu, beganMs] = [process.cpuUsage(), performance.now()];
    let left = count;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (left > 0) {
          left -= 1;
          await store.ledger.append(entryOf((written += 1), rows));
        }
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - beganMs) / 1000;
    figures.push({ atOnce, rowsPerSecond: count / seconds, microsecondsPerRow: (user + system) / count });
  }
  for (; written < rows; written += GROUP) {
    const group = Array.from({ length: GROUP }, (_, index) => store.ledger.append(entryOf(written + index + 1, rows)));
    await Promise.all(group);
  }
  const toMs = Date.now();
  const beganMs = performance.now();
  await store.ledger.series({ fromMs: toMs - SERIES_DAYS * DAY_MS, toMs, stepMs: DAY_MS, groupBy: "model" });
  const seriesMs = performance.now() - beganMs;
  await store.close();
  return { figures, seriesMs, rows: written };
}

/** Rows of a month, evenly spread. */
function entryOf(number: number, of: number): LedgerEntry {
  return {
    id: `req_${number}`,
    startedAtMs: Date.now() - Math.floor((1 - number / of) * SERIES_DAYS * DAY_MS),
    durationMs: 812.5,
    firstByteMs: 120.25,
    surface: "anthropic_messages",
    tokenId: `token-${number % 20}`,
    account: `account-${number % 4}`,
    upstream: "anthropic",
    attempts: 1,
    requestedModel: "claude-sonnet-5-5",
    model: `claude-${number % 8}`,
    status: 200,
    end: "complete",
    stream: true,
    usage: { input: 1200, cacheRead: 20_000, output: 350 },
    costNanoUsd: 8_850_000,
    bytesSent: 4000,
    bytesReceived: 9000,
    losses: [],
    trace: [
      {
        account: "account-1",
        upstream: "anthropic",
        model: "claude-sonnet-5-5",
        outcome: "served",
        status: 200,
        durationMs: 120,
      },
    ],
  };
}

/** The figures for people. */
export function ledgerText({ figures, seriesMs, rows }: Awaited<ReturnType<typeof measureLedger>>): string {
  const text = table(
    ["exchanges at once", "rows per second", "CPU µs per row"],
    figures.map(({ atOnce, rowsPerSecond, microsecondsPerRow }) => [
      String(atOnce),
      Math.round(rowsPerSecond).toLocaleString("en-US"),
      microsecondsPerRow.toFixed(1),
    ]),
  );
  return `${text}\nSums by day and model over ${rows.toLocaleString("en-US")} rows: ${seriesMs.toFixed(0)} ms`;
}
