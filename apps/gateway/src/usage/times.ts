const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The last moment that a `Date` can hold. */
const MAX_MS = 8_640_000_000_000_000;
const ISO = /^(\d{4}-\d\d)(-\d\d)?(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** What `parseTime` takes, for people. */
export const TIME_FORMS =
  "an ISO 8601 time (in UTC unless it names a zone), Unix seconds, or a time ago such as `-24h` (s, m, h, d)";
/** What `parseLength` takes, for people. */
export const LENGTH_FORMS = "seconds, or a number with s, m, h or d, such as `5m`";

/** Milliseconds of a length of time such as `90`, `90s`, `5m`, `1h`, `7d`; undefined for any other text. */
export function parseLength(text: string): number | undefined {
  const [, count, unit = "s"] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit === "" ? "s" : unit] ?? 0);
}

/** Milliseconds since 1970 of a moment such as `2026-11-25T10:00:00Z`, `1795590000`, `-24h`, `now`; undefined for any other text. */
export function parseTime(text: string, nowMs: number): number | undefined {
  if (text === "now") return nowMs;
  const ago = text.startsWith("-") ? parseLength(text.slice(1)) : undefined;
  if (ago !== undefined) return Math.max(0, nowMs - ago);
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000;
  const ms = parseIso(text);
  return ms >= 0 && ms <= MAX_MS ? ms : undefined;
}

/** Not a number for what is no such time. JavaScript alone takes the machine's zone where none is named, and 30 February for 2 March. */
function parseIso(text: string): number {
  const [, month, day = "-01", time, zone] = ISO.exec(text) ?? [];
  if (month === undefined) return Number.NaN;
  const date = month + day;
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs) || !new Date(dateMs).toISOString().startsWith(date)) return Number.NaN;
  return time === undefined ? dateMs : Date.parse(`${date}${time}${zone === undefined ? "Z" : ""}`);
}
