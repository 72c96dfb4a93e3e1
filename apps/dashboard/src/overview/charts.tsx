import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { format } from "../format.ts";
import { Chart } from "../ui/chart.tsx";
import type { ChartProps } from "../ui/chart.tsx";
import { NumberCell, Table } from "../ui/table.tsx";
import { counted, measured } from "./chart-data.ts";
import type { ChartData } from "./chart-data.ts";
import type { Totals } from "./totals.ts";

/** The period over time: four charts, and the same as a table. */
export function Charts({ data, now }: { readonly data: ChartData; readonly now: Totals }): JSX.Element {
  const charts = useMemo(() => chartsOf(data, now), [data, now]);
  return (
    <>
      <div class="charts">
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} atSeconds={data.atSeconds} />
        ))}
      </div>
      <details>
        <summary>These charts as a table</summary>
        <ChartTable data={data} />
      </details>
    </>
  );
}

function chartsOf(data: ChartData, now: Totals): Omit<ChartProps, "atSeconds">[] {
  return [
    {
      title: "Requests",
      summary: `${format.number(now.requests)}, ${format.number(now.errors)} of them errors`,
      write: format.compact,
      lines: [
        { title: "Requests", colour: "a", values: counted(data, (row) => row.requests) },
        { title: "Errors", colour: "bad", values: counted(data, (row) => row.errors) },
      ],
    },
    {
      title: "Spend",
      summary: format.money(now.costUsd),
      write: format.money,
      lines: [{ title: "US dollars", colour: "b", values: counted(data, (row) => row.cost_usd) }],
    },
    {
      title: "Tokens",
      summary: `${format.compact(now.inputTokens)} in, ${format.compact(now.outputTokens)} out`,
      write: format.compact,
      lines: [
        { title: "Input", colour: "a", values: counted(data, (row) => row.input_tokens) },
        { title: "Cache read", colour: "c", values: counted(data, (row) => row.cache_read_tokens) },
        { title: "Output", colour: "b", values: counted(data, (row) => row.output_tokens) },
      ],
    },
    {
      title: "Time to first chunk",
      summary: `${format.duration(now.firstByteMs)} on average`,
      write: format.duration,
      lines: [{ title: "Mean", colour: "c", values: measured(data, (row) => row.first_byte_ms) }],
    },
  ];
}

const COLUMNS = [
  { title: "From" },
  ...["Requests", "Errors", "Spend", "Input tokens", "Cache tokens read", "Output tokens", "Time to first chunk"].map(
    (title) => ({
      title,
      numbers: true,
    }),
  ),
];

function ChartTable({ data }: { readonly data: ChartData }): JSX.Element {
  return (
    <Table label="The charts as a table" columns={COLUMNS}>
      {data.rows
        .flatMap((row) => (row === undefined ? [] : [row]))
        .map((row) => (
          <tr key={row.at}>
            <td>{format.moment(new Date(row.at))}</td>
            <NumberCell>{format.number(row.requests)}</NumberCell>
            <NumberCell>{format.number(row.errors)}</NumberCell>
            <NumberCell>{format.money(row.cost_usd)}</NumberCell>
            <NumberCell>{format.number(row.input_tokens)}</NumberCell>
            <NumberCell>{format.number(row.cache_read_tokens)}</NumberCell>
            <NumberCell>{format.number(row.output_tokens)}</NumberCell>
            <NumberCell>{format.duration(row.first_byte_ms)}</NumberCell>
          </tr>
        ))}
    </Table>
  );
}
