import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { useExchanges } from "../api/queries.ts";
import type { Filter } from "../api/queries.ts";
import { ExchangeTable } from "../exchanges/exchange-table.tsx";
import { FilterFields, NO_FILTER } from "../exchanges/filter-fields.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";

/** The exchanges as they end, and those before. */
export function Exchanges(): JSX.Element {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [live, setLive] = useState(true);
  const asked = useExchanges(filter, live);
  return (
    <Page
      title="Exchanges"
      actions={
        <button type="button" aria-pressed={live} onClick={() => setLive(!live)}>
          Live
        </button>
      }
    >
      <FilterFields filter={filter} onChange={setFilter} />
      <Loaded asked={asked}>
        {({ pages }) => {
          const exchanges = pages.flatMap(({ data }) => data);
          if (exchanges.length === 0) {
            return (
              <Empty>
                {filter === NO_FILTER
                  ? "Nothing has come through yet. Connect a client, and each of its requests is here once it has ended."
                  : "No exchange is like that. Take a filter away to see more."}
              </Empty>
            );
          }
          return (
            <>
              <ExchangeTable exchanges={exchanges} />
              {asked.hasNextPage && (
                <button type="button" disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
                  Load older ones
                </button>
              )}
              {live && pages.length > 1 && <p class="hint">Older ones are shown, so the list stands still.</p>}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
