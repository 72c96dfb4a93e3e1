import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { SeriesRow } from "../api/answers.ts";
import { useBreakdown } from "../api/queries.ts";
import type { Group } from "../api/queries.ts";
import { format } from "../format.ts";
import { Empty, Loaded } from "../ui/states.tsx";
import { NumberCell, Table } from "../ui/table.tsx";
import type { Period } from "./periods.ts";
import { cacheHitRate } from "./totals.ts";

const GROUPS: readonly (readonly [group: Group, title: string])[] = [
  ["model", "Model"],
  ["account", "Account"],
  ["token", "Token"],
  ["surface", "Surface"],
];

/** Who or what the figures of the period belong to. */
export function Breakdown({ period }: { readonly period: Period }): JSX.Element {
  const [group, setGroup] = useState<Group>("model");
  const asked = useBreakdown(period, group);
  const title = GROUPS.find(([id]) => id === group)?.[1] ?? "";
  return (
    <section aria-labelledby="breakdown">
      <div class="title">
        <h2 id="breakdown">By {title.toLowerCase()}</h2>
        <div role="group" aria-label="Divide by" class="choice">
          {GROUPS.map(([id, name]) => (
            <button key={id} type="button" aria-pressed={id === group} onClick={() => setGroup(id)}>
              {name}
            </button>
          ))}
        </div>
      </div>
      <Loaded asked={asked}>{(rows) => <BreakdownTable rows={rows} title={title} />}</Loaded>
    </section>
  );
}

function BreakdownTable({ rows, title }: { readonly rows: readonly SeriesRow[]; readonly title: string }): JSX.Element {
  if (rows.length === 0) return <Empty>Nothing in this period.</Empty>;
  const columns = ["Requests", "Errors", "Spend", "Input tokens", "Output tokens", "Cache hits", "Time to first chunk"];
  return (
    <Table
      label={`By ${title.toLowerCase()}`}
      columns={[{ title }, ...columns.map((name) => ({ title: name, numbers: true }))]}
    >
      {rows
        .toSorted((one, other) => other.cost_usd - one.cost_usd || other.requests - one.requests)
        .map((row) => (
          <tr key={row.group ?? ""}>
            <th scope="row">{nameOf(row)}</th>
            <NumberCell>{format.number(row.requests)}</NumberCell>
            <NumberCell>{format.number(row.errors)}</NumberCell>
            <NumberCell>{format.money(row.cost_usd)}</NumberCell>
            <NumberCell>{format.compact(row.input_tokens)}</NumberCell>
            <NumberCell>{format.compact(row.output_tokens)}</NumberCell>
            <NumberCell>{format.percent(cacheHitRate({ ...row, cacheHits: row.cache_hits }))}</NumberCell>
            <NumberCell>{format.duration(row.first_byte_ms)}</NumberCell>
          </tr>
        ))}
    </Table>
  );
}

function nameOf({ group, label }: SeriesRow): string {
  if (label !== undefined && label !== null && label !== "") return label;
  return group ?? "none";
}
