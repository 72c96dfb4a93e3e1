import type { Ledger } from "@link-assistant/core";
import type { Logger } from "pino";

const LOOK_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Drops ledger rows that are older than so many days (0: none), now and every hour, until the returned function is called. */
export function startRetention(ledger: Ledger, days: () => number, log: Logger): () => void {
  const look = (): void => {
    const kept = days();
    if (kept === 0) return;
    ledger.dropBefore(Date.now() - kept * DAY_MS).then(
      (dropped) => dropped > 0 && log.info({ dropped }, "old ledger rows were dropped"),
      (error: unknown) => log.error({ err: error }, "old ledger rows could not be dropped"),
    );
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}
