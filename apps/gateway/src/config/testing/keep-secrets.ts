import { parentPort, workerData } from "node:worker_threads";

import { keptSecret } from "../secrets.ts";

/** What the worker is given: directories, and for each a count of those who have come to it. */
export interface KeepSecretsOrder {
  readonly directories: readonly string[];
  readonly arrivals: Int32Array;
  readonly workers: number;
}

// In every directory at the same moment as the other workers.
const { directories, arrivals, workers }: KeepSecretsOrder = workerData;
const kept = directories.map((directory, round) => {
  Atomics.add(arrivals, round, 1);
  while (Atomics.load(arrivals, round) < workers);
  const { secret, made } = keptSecret(directory, "token-secret");
  return { text: secret.reveal(), made };
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(kept);
