/** Writes numbers, money and times as the reader does. A missing value is a dash. */
export interface Format {
  /** `12,345` */
  readonly number: (value: number | null) => string;
  /** `12.3K`, for where there is little room. */
  readonly compact: (value: number | null) => string;
  /** US dollars: cents from one dollar on, below that as many digits as tell something. */
  readonly money: (usd: number | null) => string;
  /** A share from 0 to 1: `12.3%`. */
  readonly percent: (share: number | null) => string;
  /** `850 ms`, `2.4 s`, `3 min 20 s` */
  readonly duration: (ms: number | null) => string;
  readonly bytes: (bytes: number | null) => string;
  /** Date and time, in the reader's zone. */
  readonly moment: (at: Date) => string;
  /** Time of day with seconds, in the reader's zone. */
  readonly time: (at: Date) => string;
  /** `3 minutes ago`, `in 2 hours` */
  readonly relative: (at: Date, now: Date) => string;
  /** What a chart writes below a moment: the time within a day, else the date. */
  readonly tick: (at: Date, spanMs: number) => string;
}

const NOTHING = "–";
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const RELATIVE = [
  ["day", DAY_MS],
  ["hour", HOUR_MS],
  ["minute", MINUTE_MS],
  ["second", 1000],
] as const;

/** @param locale default: the reader's. @param timeZone default: the reader's. */
export function createFormat(locale?: string, timeZone?: string): Format {
  const numbers = (options: Intl.NumberFormatOptions): ((value: number | null) => string) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => (value === null ? NOTHING : format.format(value));
  };
  const times = (options: Intl.DateTimeFormatOptions): ((at: Date) => string) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, ...(timeZone !== undefined && { timeZone }) });
    return (at) => format.format(at);
  };
  const unit = (name: string, digits: number): ((value: number | null) => string) =>
    numbers({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const dollars = numbers({ style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" });
  const cents = numbers({
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    maximumSignificantDigits: 3,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const timeOfDay = times({ hour: "2-digit", minute: "2-digit" });
  const dayOfMonth = times({ month: "short", day: "numeric" });
  return {
    number: numbers({}),
    compact: numbers({ notation: "compact", maximumFractionDigits: 1 }),
    money: (usd) => (usd === null || usd === 0 || Math.abs(usd) >= 1 ? dollars(usd) : cents(usd)),
    percent: numbers({ style: "percent", maximumFractionDigits: 1 }),
    duration: durations(unit("millisecond", 0), unit("second", 1), unit("second", 0), unit("minute", 0)),
    bytes: byteCounts(unit),
    moment: times({ dateStyle: "medium", timeStyle: "medium" }),
    time: times({ timeStyle: "medium" }),
    relative: (at, now) => {
      const ms = at.getTime() - now.getTime();
      const [name, each] = RELATIVE.find(([, each]) => Math.abs(ms) >= each) ?? ["second", 1000];
      return relative.format(Math.trunc(ms / each), name);
    },
    tick: (at, spanMs) => (spanMs > 2 * DAY_MS ? dayOfMonth(at) : timeOfDay(at)),
  };
}

type WriteNumber = (value: number | null) => string;

function durations(ms: WriteNumber, s: WriteNumber, wholeSeconds: WriteNumber, min: WriteNumber): WriteNumber {
  return (value) => {
    if (value === null) return NOTHING;
    if (value < 1000) return ms(value);
    if (value < MINUTE_MS) return s(value / 1000);
    return `${min(Math.floor(value / MINUTE_MS))} ${wholeSeconds(Math.floor((value % MINUTE_MS) / 1000))}`;
  };
}

function byteCounts(unit: (name: string, digits: number) => WriteNumber): WriteNumber {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"].map((name) => unit(name, name === "byte" ? 0 : 1));
  return (bytes) => {
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes ?? 0, 1)) / 3), units.length - 1);
    return bytes === null ? NOTHING : (units[power]?.(bytes / 1000 ** power) ?? NOTHING);
  };
}

/** A name of the API as people write it: `rate_limit` is `rate limit`. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}

/** How the reader writes. */
export const format = createFormat();
