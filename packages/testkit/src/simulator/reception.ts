import type { IncomingMessage, ServerResponse } from "node:http";

import type { Usage } from "@link-assistant/core";

import type { Leak } from "./leak.ts";
import { createLog, type Log } from "./log.ts";
import { readRequest, type SimRequest } from "./request.ts";
import type { Answer, Service } from "./service.ts";
import type { Billed } from "./simulator.ts";
import { play, type PlayOptions } from "./step.ts";

type Connection = Omit<PlayOptions, "onBilled">;

/** Takes requests in, sends their answers and keeps the books. */
export class Reception {
  readonly requests: Log<SimRequest>;
  readonly billed: Log<Billed>;
  readonly leaks: Log<Leak>;
  /** Exchanges under way. */
  open = 0;
  /** Exchanges that the client broke off. */
  aborted = 0;
  readonly #service: Service;
  #closing = false;
  #waiting: (() => void)[] = [];

  constructor(service: Service, keep: number = Number.POSITIVE_INFINITY) {
    this.#service = service;
    this.requests = createLog(keep);
    this.billed = createLog(keep);
    this.leaks = createLog(keep);
  }

  /** One exchange, from its first header to its last byte. */
  async receive(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = this.#watch(response);
    let request: SimRequest;
    try {
      request = await readRequest(message, this.#service.requestId(), this.#service.credentialOf);
    } catch {
      // The client left while it was sending: nobody is there to hear of it.
      response.destroy();
      return;
    }
    this.requests.add(request);
    const leaks = this.#service.leaksOf(request);
    for (const leak of leaks) this.leaks.add(leak);
    const answer = await this.#service.answer(request, leaks);
    await this.#send(request, answer, response, connection).catch((error: unknown) => {
      // A script may hold what Node does not send, such as a header of two lines.
      connection.onDrop();
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  }

  /** Notes a request that is not HTTP; other errors of a connection are no news. */
  noteMalformed(code: string | undefined): void {
    if (code?.startsWith("HPE_") === true) this.leaks.add({ what: `a malformed request: ${code}` });
  }

  /** Resolves once no exchange is under way. */
  async idle(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** From here on a connection that closes was not closed by a client. */
  close(): void {
    this.#closing = true;
  }

  #watch(response: ServerResponse): Connection {
    const closed = new AbortController();
    let dropped = false;
    this.open += 1;
    response.once("close", () => {
      this.open -= 1;
      if (!response.writableFinished && !dropped && !this.#closing) this.aborted += 1;
      closed.abort();
      if (this.open === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
    return { closed: closed.signal, onDrop: () => (dropped = true) };
  }

  async #send(request: SimRequest, answer: Answer, response: ServerResponse, connection: Connection): Promise<void> {
    const { model = "", whole = true } = answer;
    let bill: { -readonly [Field in keyof Billed]: Billed[Field] } | undefined;
    const onBilled = (usage: Usage): void => {
      if (bill !== undefined) bill.usage = usage;
      else
        this.billed.add(
          (bill = { requestId: request.id, credential: request.credential ?? "", model, usage, complete: false }),
        );
    };
    const played = await play(answer.steps, response, { ...connection, onBilled });
    if (bill !== undefined) bill.complete = played && whole;
  }
}
