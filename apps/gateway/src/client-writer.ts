import type { Dispatcher } from "undici";

import type { Exchange } from "./exchange.ts";

/** A stream that is silent for so long gets a sign of life: clients give up after minutes without a byte, proxies after one. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Writes an answer to the client as fast as the client reads, and stops the upstream while it does not. A client that leaves its answer
 * unread for too long is cut off.
 */
export class ClientWriter {
  readonly #exchange: Exchange;
  readonly #controller: Dispatcher.DispatchController;
  #stallTimer: NodeJS.Timeout | undefined;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  /** What waits for the exchange's ledger row; undefined while nothing has to wait. */
  #held: (() => void)[] | undefined;

  constructor(exchange: Exchange, controller: Dispatcher.DispatchController) {
    this.#exchange = exchange;
    this.#controller = controller;
  }

  /** Writes more of the body. */
  write(piece: Uint8Array | string): void {
    if (this.#held !== undefined) return void this.#held.push(() => this.write(piece));
    this.#exchange.noteFirstByte();
    this.#exchange.transcript?.sent(piece);
    this.#keepAliveTimer?.refresh();
    if (!this.#exchange.res.write(piece)) this.#pause();
  }

  /** From now on nothing is written until the exchange's ledger row is safe: what comes next makes the answer whole. */
  seal(): void {
    this.#exchange.noteFirstByte();
    const kept = this.#exchange.settle();
    if (kept === undefined) return;
    this.#held = [];
    void kept.then(() => this.#release());
  }

  /** Ends the answer, with a last piece; it is whole then. */
  end(piece?: Uint8Array | string): void {
    this.#exchange.transcript?.sent(piece);
    this.seal();
    this.stop();
    if (this.#held === undefined) this.#exchange.res.end(piece);
    else this.#held.push(() => this.#exchange.res.end(piece));
  }

  /** Cuts the answer, so that no client takes it for whole. */
  cut(): void {
    this.stop();
    this.#exchange.res.destroy();
  }

  /** Keeps a silent stream open; `frame` gives what to write, or nothing while a frame of ours cannot stand there. */
  keepAlive(frame: () => string | undefined): void {
    this.#keepAliveTimer = setInterval(() => {
      const text = frame();
      if (text !== undefined && this.#stallTimer === undefined) this.#exchange.res.write(text);
    }, KEEP_ALIVE_MS);
    // A stream that ends without `end` or `cut`, for its client left, must not keep its timer.
    this.#exchange.res.once("close", () => this.stop());
  }

  /** Lets go of all timers. */
  stop(): void {
    clearTimeout(this.#stallTimer);
    clearInterval(this.#keepAliveTimer);
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const write of held) write();
  }

  #pause(): void {
    if (this.#stallTimer !== undefined) return;
    const { res, gateway } = this.#exchange;
    this.#controller.pause();
    this.#stallTimer = setTimeout(() => res.destroy(), gateway.config.server.stalledClientTimeoutMs);
    res.once("drain", () => this.#resume());
  }

  #resume(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#controller.resume();
  }
}
