import type {
  AccountPool,
  AccountStateRecord,
  AccountStateStore,
  BindingStore,
  PoolEvents,
} from "@link-assistant/core";
import type { Logger } from "pino";

import { onceAMinute } from "./stores/once-a-minute.ts";

/** Kept so long among the shared bindings; each process forgets silent sessions by its own setting. */
const SESSION_KEPT_MS = 86_400_000;
/** Sessions among the bindings: named by their client, or known by their beginning. */
const SESSION = /^[sp]:/;

/** Tells others, and the time after a restart, what the pool learns. */
export function sharePool(states: AccountStateStore, bindings: BindingStore, log: Logger): PoolEvents {
  const report = onceAMinute((problem) => log.error(problem));
  return {
    changed: (record) => {
      logChange(log, record);
      states
        .put(record)
        .catch((error: unknown) => report(`The state of an account could not be kept: ${String(error)}`));
    },
    bound: (session, account) => bindings.bind(session, account, SESSION_KEPT_MS),
  };
}

function logChange(log: Logger, { account, model, state }: AccountStateRecord): void {
  const said = { account, ...(model !== null && { model }), state: state.kind };
  if (state.kind === "ready") log.info(said, "the account is well again");
  else log.warn({ ...said, reason: state.reason, until: new Date(state.untilMs).toISOString() }, "the account rests");
}

/** Takes over what was known before the start, and from then on what others learn, until the returned function is called. */
export async function followAccounts(
  pool: AccountPool,
  states: AccountStateStore,
  bindings: BindingStore,
): Promise<() => void> {
  const unwatch = states.watch((record) => pool.restore(record));
  for (const record of await states.list()) pool.restore(record);
  const unbind = bindings.watch((key, account) => {
    if (SESSION.test(key)) pool.bind(key, account, Date.now());
  });
  return () => {
    unwatch();
    unbind();
  };
}
