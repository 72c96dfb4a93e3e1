import { ConfigError } from "@link-assistant/core";
import { createClient } from "@redis/client";

import { within } from "./within.ts";

/** Longest time to open a connection, and to wait between two tries. */
const CONNECT_MS = 2000;
/** Longest wait for an answer. */
const ANSWER_MS = 500;
/** Commands that may wait for an answer at once. */
const MAX_COMMANDS = 10_000;

function createConnection(url: string, disableOfflineQueue: boolean) {
  return createClient({
    url,
    disableOfflineQueue,
    commandsQueueMaxLength: MAX_COMMANDS,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (tries: number) => Math.min(CONNECT_MS, 50 * 2 ** Math.min(tries, 10)),
    },
  });
}

type Client = ReturnType<typeof createConnection>;

/** A connection to Redis that comes back by itself. What is asked while it is away is refused at once, never kept. */
export class RedisConnection {
  readonly client: Client;
  readonly #subscriber: Client;
  readonly #onReady: (() => void)[] = [];

  private constructor(client: Client, subscriber: Client) {
    this.client = client;
    this.#subscriber = subscriber;
    client.on("ready", () => this.#onReady.forEach((listener) => listener()));
  }

  /** Connects; rejects when that is not possible now. */
  static async open(url: string, onError: (problem: string) => void): Promise<RedisConnection> {
    const [client, subscriber] = [createConnection(url, true), createConnection(url, false)];
    let problem = "it did not answer";
    client.on("error", (error: NodeJS.ErrnoException) => {
      problem = error.message || (error.code ?? String(error));
      onError(`Redis cannot be used: ${problem}`);
    });
    subscriber.on("error", () => {});
    try {
      await within(2 * CONNECT_MS, Promise.all([client.connect(), subscriber.connect()]));
    } catch {
      client.destroy();
      subscriber.destroy();
      throw new ConfigError([`redisUrl: Redis cannot be reached there (${problem})`]);
    }
    return new RedisConnection(client, subscriber);
  }

  /** Whether something may be asked. */
  get isReady(): boolean {
    return this.client.isReady;
  }

  /** The answer to a command, in time or not at all. */
  ask<T>(command: (client: Client) => Promise<T>): Promise<T> {
    if (!this.isReady) return Promise.reject(new Error("Redis is not connected"));
    return within(ANSWER_MS, command(this.client));
  }

  /** Calls `listener` each time that the connection is there again. */
  onReady(listener: () => void): void {
    this.#onReady.push(listener);
  }

  /** Calls `listener` with what is published, until the returned function is called. A lost connection subscribes again by itself. */
  subscribe(channel: string, listener: (message: string) => void): () => void {
    const subscribed = this.#subscriber.subscribe(channel, listener);
    subscribed.catch(() => {});
    return () => void subscribed.then(() => this.#subscriber.unsubscribe(channel, listener)).catch(() => {});
  }

  close(): void {
    this.client.destroy();
    this.#subscriber.destroy();
  }
}
