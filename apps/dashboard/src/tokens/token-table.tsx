import type { JSX } from "preact";

import type { LimitLeft, Token } from "../api/answers.ts";
import { useToken } from "../api/queries.ts";
import { format } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import type { Mood } from "../ui/badge.tsx";
import { NumberCell, Table } from "../ui/table.tsx";
import { LIMIT_FIELDS } from "./limit-fields.ts";
import { stateOf } from "./token-state.ts";
import type { TokenState } from "./token-state.ts";

const MOODS: Readonly<Record<TokenState, Mood>> = { active: "good", expired: "calm", revoked: "bad" };

const COLUMNS = [
  { title: "Token" },
  { title: "State" },
  { title: "For" },
  { title: "Expires" },
  { title: "Limits, and what is left" },
  { title: "Last used" },
  { title: "Requests", numbers: true },
  { title: "Spend", numbers: true },
  { title: "Actions" },
];

interface TableProps {
  readonly tokens: readonly Token[];
  readonly now: Date;
  readonly onEdit: (token: Token) => void;
  readonly onRevoke: (token: Token) => void;
}

/** Some tokens, each with what it has used and has left. */
export function TokenTable({ tokens, ...common }: TableProps): JSX.Element {
  return (
    <Table label="Router tokens" columns={COLUMNS}>
      {tokens.map((token) => (
        <Row key={token.id} token={token} {...common} />
      ))}
    </Table>
  );
}

function Row({ token, now, onEdit, onRevoke }: Omit<TableProps, "tokens"> & { readonly token: Token }): JSX.Element {
  const { data } = useToken(token.id);
  const state = stateOf(token, now);
  return (
    <tr>
      <th scope="row">
        {token.label === "" ? <em>no label</em> : token.label}
        <br />
        <code class="dim">{token.id}</code>
      </th>
      <td>
        <Badge mood={MOODS[state]}>{state}</Badge>
      </td>
      <td>
        {token.scopes.join(", ")}
        {token.account !== null && <div class="dim">account {token.account}</div>}
      </td>
      <td title={format.moment(new Date(token.expires_at * 1000))}>
        {format.relative(new Date(token.expires_at * 1000), now)}
      </td>
      <td>
        <LimitList token={token} left={data?.limits_left ?? []} />
      </td>
      <td>{data === undefined ? "…" : usedText(data.last_used_at, now)}</td>
      <NumberCell>{format.number(data?.requests ?? null)}</NumberCell>
      <NumberCell>{format.money(data?.cost_usd ?? null)}</NumberCell>
      <td>{state === "active" && <RowActions token={token} onEdit={onEdit} onRevoke={onRevoke} />}</td>
    </tr>
  );
}

function usedText(at: string | null, now: Date): string {
  return at === null ? "never" : format.relative(new Date(at), now);
}

function RowActions({
  token,
  onEdit,
  onRevoke,
}: Omit<TableProps, "tokens" | "now"> & { readonly token: Token }): JSX.Element {
  const name = token.label === "" ? token.id : token.label;
  return (
    <div class="actions">
      <button type="button" onClick={() => onEdit(token)}>
        Edit<span class="unseen"> {name}</span>
      </button>
      <button type="button" class="danger" onClick={() => onRevoke(token)}>
        Revoke<span class="unseen"> {name}</span>
      </button>
    </div>
  );
}

function LimitList({ token, left }: { readonly token: Token; readonly left: readonly LimitLeft[] }): JSX.Element {
  const limits = LIMIT_FIELDS.filter(({ id }) => id in token.limits);
  if (limits.length === 0) return <span class="dim">none</span>;
  return (
    <ul class="plain">
      {limits.map(({ id, title, kind }) => {
        const value = token.limits[id];
        const amount = kind === "usd" ? format.money : format.number;
        const counted = left.find(({ limit }) => limit === id);
        if (Array.isArray(value)) {
          return (
            <li key={id}>
              {title}: {value.join(", ")}
            </li>
          );
        }
        return (
          <li key={id}>
            {title}: {amount(value ?? null)}
            {counted !== undefined && (
              <>
                , <strong>{amount(counted.left)} left</strong>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
