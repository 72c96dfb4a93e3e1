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
    let left = requests;
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (left > 0) {
          left -= 1;
          checkWhole(await connection.send(request), expected);
        }
      }),
    );
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
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
export function checkWhole(body: Buffer, expected: Buffer): void {
  if (!body.equals(expected))
    throw new Error(`an answer of ${body.length} bytes came, not the ${expected.length} that were sent`);
}
