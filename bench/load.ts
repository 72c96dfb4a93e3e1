import { Connection } from "./connection.ts";
import { requestBody } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";

/** Where the load goes to. */
export interface Target {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  /** Presented as bearer; the bare relay takes any. */
  readonly token: string;
}

/** Clients that each send their next request when the last one is answered. */
export class Load {
  readonly #target: Target;
  readonly #connections: readonly Connection[];

  constructor(target: Target, connections: number) {
    this.#target = target;
    this.#connections = Array.from({ length: connections }, () => new Connection(target.origin));
  }

  /** Sends this many requests in all. Rejects when an answer is not byte for byte what the upstream sent. */
  async run(scenario: Scenario, requests: number): Promise<void> {
    const request = encodeRequest(this.#target, scenario);
    const expected = Buffer.concat(scenario.answer.pieces);
    await inTurns(requests, this.#connections, async (connection) => {
      checkWhole(await connection.send(request), expected);
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

/** Does something this many times; each of the workers takes the next turn when its last one is over. */
export async function inTurns<Worker>(
  turns: number,
  workers: readonly Worker[],
  work: (worker: Worker, turn: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    workers.map(async (worker) => {
      while (next < turns) {
        next += 1;
        await work(worker, next - 1);
      }
    }),
  );
}

/** What hears of one stream: of each chunk that comes, and of its end. */
export interface StreamListener {
  readonly onChunk: (isFirst: boolean) => void;
  readonly onEnd?: () => void;
}

/** Opens this many streams at once, each with a listener of its own, and resolves when all have ended. Rejects when one is not whole. */
export async function openStreams(
  target: Target,
  scenario: Scenario,
  count: number,
  listen: () => StreamListener,
): Promise<void> {
  const request = encodeRequest(target, scenario);
  const expected = Buffer.concat(scenario.answer.pieces);
  const connections = Array.from({ length: count }, () => new Connection(target.origin));
  await Promise.all(
    connections.map(async (connection) => {
      const { onChunk, onEnd } = listen();
      const body = await connection.send(request, onChunk);
      onEnd?.();
      checkWhole(body, expected);
    }),
  );
  for (const connection of connections) connection.close();
}

/** The bytes of a scenario's request. */
export function encodeRequest({ origin, token }: Target, scenario: Scenario): Buffer {
  const body = requestBody(scenario);
  const head = [
    "POST /v1/messages HTTP/1.1",
    `host: ${new URL(origin).host}`,
    `authorization: Bearer ${token}`,
    "content-type: application/json",
    "anthropic-version: 2023-06-01",
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/** Throws when the body is not the expected one. */
function checkWhole(body: Buffer, expected: Buffer): void {
  if (!body.equals(expected))
    throw new Error(`an answer of ${body.length} bytes came, not the ${expected.length} that were sent`);
}
