import { useQueryClient } from "@tanstack/preact-query";
import type { QueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useAccounts } from "../api/queries.ts";
import { format } from "../format.ts";
import { Alert } from "./states.tsx";

/** What has to be known on every page: that figures are old, and that answers are simulated. */
export function Banners(): JSX.Element {
  const staleSince = useStaleSince();
  const { data } = useAccounts();
  return (
    <>
      {data?.simulated === true && (
        <p class="notice demo" role="status">
          Demo: every answer comes from the built-in simulator. No model is called, and no account of yours is used.
        </p>
      )}
      {staleSince !== null && (
        <Alert>
          The gateway does not answer. What you see is from {format.time(new Date(staleSince))}; it is asked for again
          by itself.
        </Alert>
      )}
    </>
  );
}

/** When the oldest shown data came, while newer data cannot be had. */
function useStaleSince(): number | null {
  const client = useQueryClient();
  const [since, setSince] = useState(() => staleSince(client));
  useEffect(() => client.getQueryCache().subscribe(() => setSince(staleSince(client))), [client]);
  return since;
}

function staleSince(client: QueryClient): number | null {
  const stale = client
    .getQueryCache()
    .findAll({ type: "active" })
    .filter(({ state }) => state.data !== undefined && (state.status === "error" || state.fetchFailureCount > 0));
  return stale.length === 0 ? null : Math.min(...stale.map(({ state }) => state.dataUpdatedAt));
}
