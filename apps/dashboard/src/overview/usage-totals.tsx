import type { JSX } from "preact";

import type { Usage } from "../api/answers.ts";
import { useUsage } from "../api/queries.ts";
import { format } from "../format.ts";
import { Loaded } from "../ui/states.tsx";

/** The totals of `/v1/usage`, under the names that they have there. */
export function UsageTotals(): JSX.Element {
  const asked = useUsage();
  return (
    <section aria-labelledby="totals">
      <div class="title">
        <h2 id="totals">Totals since the gateway began</h2>
        <code>/v1/usage</code>
      </div>
      <Loaded asked={asked}>{(usage) => <Totals usage={usage} />}</Loaded>
    </section>
  );
}

function Totals({ usage }: { readonly usage: Usage }): JSX.Element {
  return (
    <dl class="totals card">
      {Object.entries(usage).map(([name, value]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>{typeof value === "number" ? format.number(value) : <Counts counts={value} />}</dd>
        </div>
      ))}
    </dl>
  );
}

function Counts({ counts }: { readonly counts: Readonly<Record<string, number>> }): JSX.Element {
  const entries = Object.entries(counts);
  if (entries.length === 0) return <>–</>;
  return (
    <ul>
      {entries.map(([name, count]) => (
        <li key={name}>
          {name}: {format.number(count)}
        </li>
      ))}
    </ul>
  );
}
