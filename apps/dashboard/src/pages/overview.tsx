import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Link } from "wouter-preact";

import { useAccounts, useSeries } from "../api/queries.ts";
import type { Series } from "../api/queries.ts";
import { Breakdown } from "../overview/breakdown.tsx";
import { Cards } from "../overview/cards.tsx";
import { stepsOf } from "../overview/chart-data.ts";
import { Charts } from "../overview/charts.tsx";
import { PERIODS, periodOf } from "../overview/periods.ts";
import type { Period } from "../overview/periods.ts";
import { compared } from "../overview/totals.ts";
import { UsageTotals } from "../overview/usage-totals.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";

/** What flows, what it costs, and how it compares. */
export function Overview({ periodId }: { readonly periodId: string | undefined }): JSX.Element {
  const period = periodOf(periodId);
  const series = useSeries(period);
  return (
    <Page title="Overview" actions={<Periods chosen={period} />}>
      <Loaded asked={series}>{(data) => <Figures period={period} series={data} />}</Loaded>
      <Breakdown period={period} />
      <UsageTotals />
    </Page>
  );
}

function Periods({ chosen }: { readonly chosen: Period }): JSX.Element {
  return (
    <nav aria-label="Period" class="choice">
      {PERIODS.map(({ id, title }) => (
        <Link key={id} href={`/overview/${id}`} aria-current={id === chosen.id ? "true" : undefined} title={title}>
          {id}
        </Link>
      ))}
    </nav>
  );
}

function Figures({ period, series }: { readonly period: Period; readonly series: Series }): JSX.Element {
  const { now, before } = useMemo(() => compared(series.rows, series.span.fromMs), [series]);
  const data = useMemo(() => stepsOf(series.rows, series.span, period.stepMs), [series, period]);
  const accounts = useAccounts();
  const inFlight = accounts.data?.accounts.reduce((sum, account) => sum + account.in_flight, 0) ?? null;
  return (
    <>
      <Cards now={now} before={before} inFlight={inFlight} period={period} />
      {now.requests === 0 && before.requests === 0 && (
        <Empty>
          Nothing has come through in the last {period.title} or the time before.{" "}
          <Link href="/connect">Connect a client</Link>, or look at a longer period.
        </Empty>
      )}
      <Charts data={data} now={now} />
    </>
  );
}
