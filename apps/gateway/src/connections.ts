import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The client connections of a server, each with the last answer on it: `undefined` before its first request. */
export class Connections {
  readonly #answers = new Map<Duplex, ServerResponse | undefined>();

  constructor(server: Server) {
    server.on("connection", (socket) => {
      this.#answers.set(socket, undefined);
      socket.once("close", () => this.#answers.delete(socket));
    });
    server.on("request", ({ socket }, response) => this.#answers.set(socket, response));
  }

  /** Whether an answer has begun on this connection and not ended. */
  isAnswering(socket: Duplex): boolean {
    const answer = this.#answers.get(socket);
    return answer?.headersSent === true && !answer.closed;
  }

  /** Closes those on which no answer is under way, also while the headers of a request are still coming in. */
  closeIdle(): void {
    for (const [socket, answer] of this.#answers) if (answer === undefined || answer.closed) socket.destroy();
  }

  /** Resolves when those of now have been closed and whoever waits for the end of their answers has heard of it. */
  async gone(): Promise<void> {
    await Promise.all(
      [...this.#answers.keys()].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
  }
}
