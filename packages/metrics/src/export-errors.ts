const PERIOD_MS = 60_000;
const MAX_REASON_CHARS = 200;

/**
 * Turns failed exports into short lines, at most one a minute.
 *
 * @param what the signal that is exported, as people call it: `metrics`, `spans`, `logs`.
 * @param destination where the exports go, as it may be shown: no user, password or query.
 * @param tell gets one line without a line break; no header of the export is ever in it.
 * @param nowMs a clock that never goes back.
 */
export function exportErrorTeller(
  what: string,
  destination: string,
  tell: (message: string) => void,
  nowMs: () => number,
): (error: Error | undefined) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    const now = nowMs();
    if (now < quietUntilMs) return;
    quietUntilMs = now + PERIOD_MS;
    tell(`${what} were not exported to ${destination}: ${reasonOf(error)}`);
  };
}

/** An `AggregateError` of refused connections has a code but no message, an HTTP answer both. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return "unknown reason";
  const code =
    "code" in error && (typeof error.code === "string" || typeof error.code === "number") ? `${error.code}` : "";
  const words = error.message.includes(code) ? [error.message] : [code, error.message];
  return (
    words
      .join(" ")
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, MAX_REASON_CHARS) || error.name
  );
}
