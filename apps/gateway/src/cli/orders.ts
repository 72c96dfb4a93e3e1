import { watchPackageManager } from "../ancestors.ts";
import type { Environment } from "../config/environment.ts";

/** What a running gateway is told from outside. */
export interface Orders {
  /** Resolves with the reason to stop: a signal, or the end of the package manager that started this process. */
  readonly stop: Promise<string>;
  /** Calls `listener` at each SIGHUP. */
  onReload(listener: () => void): void;
  /** Aborted by the first signal after that: whoever sent it does not want to wait. A further one ends the process itself. */
  readonly hurry: AbortSignal;
  /** Listens no longer. */
  close(): void;
}

/** Listens for SIGTERM and SIGINT, and for the end of a package manager. */
export function takeOrders(env: Environment): Orders {
  const { promise: stop, resolve } = Promise.withResolvers<string>();
  const hurry = new AbortController();
  let stopping = false;
  const stopFor = (reason: string): void => {
    stopping = true;
    unwatch();
    resolve(reason);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!stopping) return stopFor(signal);
    close();
    hurry.abort();
  };
  const reloads: (() => void)[] = [];
  const onHangup = (): void => {
    for (const listener of reloads) listener();
  };
  const close = (): void => {
    unwatch();
    process.off("SIGHUP", onHangup);
    process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
  };
  const unwatch = watchPackageManager(env, () => stopFor("the package manager that started the gateway is gone"));
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  process.on("SIGHUP", onHangup);
  return { stop, onReload: (listener) => void reloads.push(listener), hurry: hurry.signal, close };
}
