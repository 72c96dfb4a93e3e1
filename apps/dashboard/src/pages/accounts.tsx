import type { JSX } from "preact";

import type { SeriesRow } from "../api/answers.ts";
import { useAccounts, useBreakdown } from "../api/queries.ts";
import { AccountCard } from "../accounts/account-card.tsx";
import { periodOf } from "../overview/periods.ts";
import { cacheHitRate } from "../overview/totals.ts";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";

const DAY = periodOf("24h");

/** How each account is, and what it carries. */
export function Accounts(): JSX.Element {
  const asked = useAccounts();
  const { data: usage = [] } = useBreakdown(DAY, "account");
  const now = useNow();
  return (
    <Page title="Accounts">
      <Loaded asked={asked}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty>
              There is no account. Name one under <code>accounts</code> in <code>router.config.yaml</code>, or set{" "}
              <code>ANTHROPIC_API_KEY</code>.
            </Empty>
          ) : (
            <ul class="accounts">
              {accounts.map((account) => (
                <li key={account.name}>
                  <AccountCard account={account} hitRate={hitRateOf(usage, account.name)} now={now} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Of the last 24 hours. */
function hitRateOf(usage: readonly SeriesRow[], account: string): number | null {
  const row = usage.find(({ group }) => group === account);
  return row === undefined ? null : cacheHitRate({ ...row, cacheHits: row.cache_hits });
}
