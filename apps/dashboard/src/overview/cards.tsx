import type { JSX } from "preact";

import { format } from "../format.ts";
import type { Period } from "./periods.ts";
import { cacheHitRate, growth } from "./totals.ts";
import type { Totals } from "./totals.ts";

/** Above ten times as much, nobody wants to know how much more exactly. */
const MOST_GROWTH = 9.99;

interface CardsProps {
  readonly now: Totals;
  readonly before: Totals;
  readonly inFlight: number | null;
  readonly period: Period;
}

/** The figures of the period, each beside that of the period before. */
export function Cards({ now, before, inFlight, period }: CardsProps): JSX.Element {
  const errorRate = now.requests === 0 ? null : now.errors / now.requests;
  const hitRate = cacheHitRate(now);
  const unpriced = now.unpriced === 0 ? undefined : `${format.number(now.unpriced)} unpriced`;
  return (
    <dl class="cards" aria-label={`The last ${period.title}, compared with the time before`}>
      <Card title="Requests" value={format.number(now.requests)} change={growth(now.requests, before.requests)} />
      <Card
        title="Errors"
        value={format.number(now.errors)}
        change={growth(now.errors, before.errors)}
        more="bad"
        note={errorRate === null ? undefined : `${format.percent(errorRate)} of requests`}
      />
      <Card
        title="Spend"
        value={format.money(now.costUsd)}
        change={growth(now.costUsd, before.costUsd)}
        note={unpriced}
      />
      <Card
        title="Time to first chunk"
        value={format.duration(now.firstByteMs)}
        change={growth(now.firstByteMs, before.firstByteMs)}
        more="bad"
        note="mean"
      />
      <Card
        title="Input tokens"
        value={format.compact(now.inputTokens)}
        change={growth(now.inputTokens, before.inputTokens)}
      />
      <Card
        title="Output tokens"
        value={format.compact(now.outputTokens)}
        change={growth(now.outputTokens, before.outputTokens)}
      />
      <Card
        title="Cache tokens read"
        value={format.compact(now.cacheReadTokens)}
        change={growth(now.cacheReadTokens, before.cacheReadTokens)}
        note={`${format.compact(now.cacheWriteTokens)} written${hitRate === null ? "" : `, ${format.percent(hitRate)} hits`}`}
      />
      <Card title="In flight" value={format.number(inFlight)} change={null} note="now" />
    </dl>
  );
}

interface CardProps {
  readonly title: string;
  readonly value: string;
  readonly change: number | null;
  /** That more of it is bad; else more is neither. */
  readonly more?: "bad";
  readonly note?: string | undefined;
}

function Card({ title, value, change, more, note }: CardProps): JSX.Element {
  return (
    <div class="card">
      <dt>{title}</dt>
      <dd class="value">{value}</dd>
      <dd class="note">
        {change !== null && (
          <span class={more === undefined || change === 0 ? "change" : `change ${change > 0 ? "bad" : "good"}`}>
            {change > 0 ? "▲" : change < 0 ? "▼" : "="}{" "}
            {change > MOST_GROWTH ? `> ${format.percent(MOST_GROWTH)}` : format.percent(Math.abs(change))}{" "}
            <span class="unseen">{change < 0 ? "less" : "more"} than before</span>
          </span>
        )}
        {note}
      </dd>
    </div>
  );
}
