import type { JSX } from "preact";
import { Link } from "wouter-preact";

import type { Exchange } from "../api/answers.ts";
import { format } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import type { Mood } from "../ui/badge.tsx";
import { NumberCell, Table } from "../ui/table.tsx";
import { endText, inputTokens } from "./timeline.ts";

const COLUMNS = [
  { title: "Ended" },
  { title: "Status" },
  { title: "Model" },
  { title: "Token" },
  { title: "Account" },
  { title: "Took", numbers: true },
  { title: "First chunk", numbers: true },
  { title: "In", numbers: true },
  { title: "Out", numbers: true },
  { title: "Cost", numbers: true },
];

/** Exchanges, each with the way to all that is known of it. */
export function ExchangeTable({ exchanges }: { readonly exchanges: readonly Exchange[] }): JSX.Element {
  return (
    <Table label="Exchanges" columns={COLUMNS}>
      {exchanges.map((exchange) => (
        <Row key={exchange.id} exchange={exchange} />
      ))}
    </Table>
  );
}

function Row({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const ended = new Date(exchange.ended_at);
  return (
    <tr>
      <th scope="row">
        <Link href={`/exchanges/${encodeURIComponent(exchange.id)}`} title={exchange.id}>
          {format.moment(ended)}
        </Link>
      </th>
      <td>
        <Status exchange={exchange} />
      </td>
      <td>{exchange.model ?? exchange.requested_model ?? "–"}</td>
      <td>{exchange.token_label ?? exchange.token_id ?? "–"}</td>
      <td>
        {exchange.account ?? "–"}
        {exchange.attempts > 1 && <span class="dim"> after {format.number(exchange.attempts)} attempts</span>}
      </td>
      <NumberCell>{format.duration(exchange.duration_ms)}</NumberCell>
      <NumberCell>{format.duration(exchange.first_byte_ms)}</NumberCell>
      <NumberCell>{format.compact(inputTokens(exchange))}</NumberCell>
      <NumberCell>{format.compact(exchange.output_tokens)}</NumberCell>
      <NumberCell>{format.money(exchange.cost_usd)}</NumberCell>
    </tr>
  );
}

/** Its status, and its end where that says more. */
export function Status({ exchange: { status, end } }: { readonly exchange: Exchange }): JSX.Element {
  const mood: Mood =
    status >= 400 || end === "upstream_error" || end === "idle_timeout" ? "bad" : end === "complete" ? "good" : "calm";
  return (
    <>
      <Badge mood={mood}>{String(status)}</Badge>
      {end !== "complete" && <span class="dim"> {endText(end)}</span>}
    </>
  );
}
