/** A length of time that can be looked at. */
export interface Period {
  readonly id: string;
  readonly title: string;
  readonly spanMs: number;
  readonly stepMs: number;
  /** How often its figures are asked for. */
  readonly everyMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What is shown at first. */
const USUAL: Period = { id: "1h", title: "1 hour", spanMs: HOUR, stepMs: MINUTE, everyMs: 5 * SECOND };

/** What can be chosen, with 60 to 84 steps each. */
export const PERIODS: readonly Period[] = [
  { id: "15m", title: "15 minutes", spanMs: 15 * MINUTE, stepMs: 15 * SECOND, everyMs: 3 * SECOND },
  USUAL,
  { id: "6h", title: "6 hours", spanMs: 6 * HOUR, stepMs: 5 * MINUTE, everyMs: 15 * SECOND },
  { id: "24h", title: "24 hours", spanMs: DAY, stepMs: 20 * MINUTE, everyMs: 30 * SECOND },
  { id: "7d", title: "7 days", spanMs: 7 * DAY, stepMs: 2 * HOUR, everyMs: MINUTE },
  { id: "30d", title: "30 days", spanMs: 30 * DAY, stepMs: 12 * HOUR, everyMs: MINUTE },
];

/** The period that has this id, else the hour. */
export function periodOf(id: string | undefined): Period {
  return PERIODS.find((period) => period.id === id) ?? USUAL;
}

/** A period that ends now, and the one before it. Milliseconds since 1970, at whole steps so that bars stay where they are. */
export interface Span {
  readonly beforeMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The span of a period that ends with the step that is under way. */
export function spanOf({ spanMs, stepMs }: Period, nowMs: number): Span {
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  return { beforeMs: toMs - 2 * spanMs, fromMs: toMs - spanMs, toMs };
}
