import { connect } from "node:net";
import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
/** The chunk of length 0 that ends a chunked body, with the end of the one before it. */
const LAST_CHUNK = "\r\n0\r\n\r\n";
const SILENCE_MS = 60_000;

interface Waiting {
  readonly reader: AnswerReader;
  readonly onChunk: ((isFirst: boolean) => void) | undefined;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** A kept-alive HTTP/1.1 connection that costs little, so that the load is not what limits a round. */
export class Connection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;

  /** Connects to `http://host:port`. */
  constructor(origin: string) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setTimeout(SILENCE_MS, () => this.#socket.destroy(new Error("the server fell silent")));
    this.#socket.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the connection was closed before the answer was whole")));
  }

  /** Sends a request, and resolves with the body of its answer. Rejects for any status but 200. One at a time. */
  send(request: Buffer, onChunk?: (isFirst: boolean) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new Error("the connection is closed");
      this.#waiting = { reader: new AnswerReader(), onChunk, resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    waiting.onChunk?.(waiting.reader.isEmpty);
    try {
      if (!waiting.reader.push(chunk)) return;
      this.#waiting = undefined;
      waiting.resolve(waiting.reader.body());
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** Collects one answer. */
class AnswerReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #bodyAt = -1;
  /** The length of head and body together; `undefined` for a chunked body. */
  #wholeBytes: number | undefined;
  #tail = "";

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Takes in what came; true when the answer is whole. */
  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#tail = (this.#tail + chunk.toString("latin1", Math.max(0, chunk.length - LAST_CHUNK.length))).slice(
      -LAST_CHUNK.length,
    );
    if (this.#bodyAt === -1) this.#readHead();
    if (this.#bodyAt === -1) return false;
    return this.#wholeBytes === undefined ? this.#tail === LAST_CHUNK : this.#bytes >= this.#wholeBytes;
  }

  /** The body of the answer, chunks joined. */
  body(): Buffer {
    const raw = Buffer.concat(this.#chunks).subarray(this.#bodyAt);
    return this.#wholeBytes === undefined ? joinChunks(raw) : raw;
  }

  #readHead(): void {
    const raw = Buffer.concat(this.#chunks);
    const at = raw.indexOf(HEAD_END);
    if (at === -1) return;
    const head = raw.toString("latin1", 0, at);
    if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`unexpected answer: ${raw.toString().slice(0, 500)}`);
    this.#bodyAt = at + HEAD_END.length;
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    this.#wholeBytes = length === undefined ? undefined : this.#bodyAt + Number(length);
  }
}

function joinChunks(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const lineEnd = raw.indexOf("\r\n", at);
    const length = Number.parseInt(raw.toString("latin1", at, lineEnd), 16);
    if (!(length > 0)) break;
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return Buffer.concat(parts);
}
