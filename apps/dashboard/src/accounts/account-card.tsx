import { useMutation, useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";

import { accountTestSchema, anySchema } from "../api/answers.ts";
import type { Account, AccountTest } from "../api/answers.ts";
import { ask } from "../api/client.ts";
import { format, words } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import type { Mood } from "../ui/badge.tsx";
import { Facts } from "../ui/facts.tsx";
import { Failed } from "../ui/states.tsx";
import { countdown } from "./countdown.ts";

const MOODS: Readonly<Record<string, Mood>> = { ready: "good", probing: "fair", cooling: "fair", broken: "bad" };

/** What an account's card has. */
interface CardProps {
  readonly account: Account;
  readonly hitRate: number | null;
  readonly now: Date;
}

/** An account: its state, what it carries, and what can be done with it. */
export function AccountCard({ account, hitRate, now }: CardProps): JSX.Element {
  return (
    <article class="card account" aria-label={account.name}>
      <div class="title">
        <h2>{account.name}</h2>
        <Badge mood={MOODS[account.state] ?? "calm"}>{account.state}</Badge>
      </div>
      <p class="hint">
        {account.upstream}
        {account.kind !== null && `, ${account.kind}`}
        {account.credential !== "readable" && <strong class="bad"> Its credential cannot be read.</strong>}
      </p>
      <Rest state={account} now={now} />
      <ModelRests account={account} now={now} />
      <AccountFigures account={account} hitRate={hitRate} now={now} />
      <AccountActions name={account.name} />
    </article>
  );
}

function Rest({
  state,
  now,
}: {
  readonly state: Pick<Account, "reason" | "ready_at">;
  readonly now: Date;
}): JSX.Element | null {
  const left = countdown(state.ready_at, now);
  if (left === null) return null;
  return (
    <p>
      Rests for <span class="clock">{left}</span>
      {state.reason !== null && <> because of {words(state.reason)}</>}.
    </p>
  );
}

function ModelRests({ account, now }: { readonly account: Account; readonly now: Date }): JSX.Element | null {
  const resting = account.models.filter(({ ready_at }) => countdown(ready_at, now) !== null);
  if (resting.length === 0) return null;
  return (
    <ul class="plain">
      {resting.map(({ model, reason, ready_at }) => (
        <li key={model}>
          <code>{model}</code> rests for <span class="clock">{countdown(ready_at, now)}</span>
          {reason !== null && <> because of {words(reason)}</>}.
        </li>
      ))}
    </ul>
  );
}

function AccountFigures({ account, hitRate, now }: CardProps): JSX.Element {
  const failure = account.last_failure;
  const share = (
    <>
      <meter min={0} max={1} value={account.load_share} aria-label="Share of load" />{" "}
      {format.percent(account.load_share)}
    </>
  );
  return (
    <Facts
      facts={[
        ["Share of load", share],
        ["In flight", format.number(account.in_flight)],
        ["Attempts", format.number(account.attempts)],
        ["Cache hits, 24 h", format.percent(hitRate)],
        [
          "Last failure",
          failure === null ? "none" : `${words(failure.kind)}, ${format.relative(new Date(failure.at), now)}`,
        ],
      ]}
    />
  );
}

function AccountActions({ name }: { readonly name: string }): JSX.Element {
  const client = useQueryClient();
  const path = `api/accounts/${encodeURIComponent(name)}`;
  const test = useMutation({ mutationFn: () => ask(accountTestSchema, `${path}/test`, { method: "POST" }) });
  const reset = useMutation({
    mutationFn: () => ask(anySchema, `${path}/reset`, { method: "POST" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  return (
    <div class="actions">
      <button
        type="button"
        disabled={test.isPending}
        onClick={() => test.mutate()}
        title="Asks the upstream for its models; costs nothing"
      >
        Test<span class="unseen"> {name}</span>
      </button>
      <button type="button" disabled={reset.isPending} onClick={() => reset.mutate()} title="Makes it ready at once">
        Reset<span class="unseen"> {name}</span>
      </button>
      <span role="status">
        {test.data !== undefined && <span class={test.data.ok ? "good" : "bad"}>{testText(test.data)}</span>}
        {reset.isSuccess && test.data === undefined && "Ready again."}
      </span>
      <Failed error={test.error ?? reset.error} />
    </div>
  );
}

function testText({ ok, status, models, duration_ms, error }: AccountTest): string {
  if (ok) return `Works: ${format.number(models ?? null)} models in ${format.duration(duration_ms)}.`;
  return `${error ?? "It failed."}${status === null ? "" : ` Status ${status}.`}`;
}
