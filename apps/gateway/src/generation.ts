import type { Gateway } from "./gateway.ts";

/** A gateway as one configuration made it. It is let go of when it was replaced and its last exchange has ended. */
export class Generation {
  readonly gateway: Gateway;
  readonly #release: () => Promise<void>;
  #running = 0;
  #released: PromiseWithResolvers<void> | undefined;

  /** @param release lets go of connections and credentials. */
  constructor(gateway: Gateway, release: () => Promise<void>) {
    this.gateway = gateway;
    this.#release = release;
  }

  /** Does work that needs this generation until it settles. */
  async run(work: (gateway: Gateway) => Promise<void>): Promise<void> {
    this.#running += 1;
    try {
      await work(this.gateway);
    } finally {
      this.#running -= 1;
      this.#releaseIfIdle();
    }
  }

  /** Lets go when the exchanges under way have ended; resolves then. */
  retire(): Promise<void> {
    this.#released ??= Promise.withResolvers();
    this.#releaseIfIdle();
    return this.#released.promise;
  }

  /** Lets go at once, whatever is under way. */
  release(): Promise<void> {
    return this.#release();
  }

  #releaseIfIdle(): void {
    if (this.#running === 0 && this.#released !== undefined) this.#released.resolve(this.#release());
  }
}
