import type { JSX } from "preact";
import { Link } from "wouter-preact";

import type { Exchange } from "../api/answers.ts";
import { useExchange } from "../api/queries.ts";
import { Status } from "../exchanges/exchange-table.tsx";
import { timelineOf, usageParts } from "../exchanges/timeline.ts";
import type { Stretch } from "../exchanges/timeline.ts";
import { format, words } from "../format.ts";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";

/** All that is known of one exchange. What was said in it is not known to anyone here. */
export function ExchangePage({ id }: { readonly id: string }): JSX.Element {
  const asked = useExchange(id);
  return (
    <Page title="Exchange" actions={<Link href="/exchanges">All exchanges</Link>}>
      <p class="hint">
        <code>{id}</code>
      </p>
      <Loaded asked={asked}>
        {(exchange) =>
          exchange === null ? (
            <Empty>
              The ledger has no exchange of this id. It is written when an exchange ends, and kept as long as the
              gateway is told to.
            </Empty>
          ) : (
            <Details exchange={exchange} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Details({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const facts: readonly Fact[] = [
    ["Status", <Status key="status" exchange={exchange} />],
    ["Began", format.moment(new Date(exchange.started_at))],
    ["Took", format.duration(exchange.duration_ms)],
    ["First chunk after", format.duration(exchange.first_byte_ms)],
    ["Surface", `${words(exchange.surface)}${exchange.stream ? ", streamed" : ""}`],
    ["Model asked for", exchange.requested_model ?? "–"],
    ["Model used", exchange.model ?? "–"],
    ["Token", exchange.token_label ?? exchange.token_id ?? "–"],
    ["Bytes sent", format.bytes(exchange.bytes_sent)],
    ["Bytes received", format.bytes(exchange.bytes_received)],
    ["Cost", format.money(exchange.cost_usd)],
  ];
  return (
    <>
      <div class="card">
        <Facts facts={facts} />
      </div>
      <Timeline exchange={exchange} />
      <UsageParts exchange={exchange} />
      <Losses losses={exchange.losses} />
    </>
  );
}

function Timeline({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const stretches = timelineOf(exchange);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Attempts</h2>
      {stretches.length === 0 ? (
        <Empty>No account was asked: the gateway refused it itself.</Empty>
      ) : (
        <ol class="timeline card">
          {stretches.map((stretch, index) => (
            <li key={`${index} ${stretch.title}`}>
              <Bar stretch={stretch} wholeMs={exchange.duration_ms} />
              <span>
                <strong>{stretch.title}</strong> <span class="dim">{stretch.detail}</span>
              </span>
              <span class="number">{format.duration(stretch.toMs - stretch.fromMs)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Drawn, so that a policy without styles in the page's text does not keep it from its place. */
function Bar({
  stretch: { fromMs, toMs, mood },
  wholeMs,
}: {
  readonly stretch: Stretch;
  readonly wholeMs: number;
}): JSX.Element {
  const share = (ms: number): number => (wholeMs <= 0 ? 0 : (ms / wholeMs) * 100);
  return (
    <svg class={`bar ${mood}`} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect x={share(fromMs)} y="0" width={Math.max(share(toMs - fromMs), 0.5)} height="1" />
    </svg>
  );
}

function UsageParts({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const parts = usageParts(exchange);
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">Tokens</h2>
      {parts.length === 0 ? (
        <Empty>No usage was reported.</Empty>
      ) : (
        <div class="card">
          <Facts facts={parts.map(([title, tokens]) => [title, format.number(tokens)])} />
        </div>
      )}
    </section>
  );
}

function Losses({ losses }: { readonly losses: readonly string[] }): JSX.Element {
  return (
    <section aria-labelledby="losses">
      <h2 id="losses">Lost in translation</h2>
      {losses.length === 0 ? (
        <Empty>Nothing was lost.</Empty>
      ) : (
        <ul class="card list">
          {losses.map((loss) => (
            <li key={loss}>
              <code>{loss}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
