import type { IncomingMessage } from "node:http";

import type { GatewayError, Surface } from "@link-assistant/core";
import type { DialectId } from "@link-assistant/translator";

import type { JsonObject } from "../body.ts";

/** The decoded request of an exchange. */
export interface Call {
  readonly dialect: DialectId;
  /** The path at an upstream of the same dialect, without query. */
  readonly path: string;
  /** The query as it came, with its `?`; empty when there was none. */
  readonly query: string;
  /** The model the client asked for; `null` when it named none. */
  readonly model: string | null;
  /** Whether a stream was asked for. */
  readonly stream: boolean;
  /** True for a count of tokens: it uses no model and says nothing about an account's health. */
  readonly counting: boolean;
  /** The body as it came, but for its compression. */
  readonly body: Buffer;
  /** The body, parsed. */
  readonly parsed: JsonObject;
  /** The client's headers that go to an upstream of the same dialect, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** What names the client's session to an upstream's prompt cache; absent when the client named none. */
  readonly session?: string;
  /** What this call leans on or leaves behind at the account that answers it. */
  readonly held?: HeldState;
}

/** State that an upstream keeps for one account: the calls that build on it have to go there. */
export interface HeldState {
  /** The earlier answer that this call builds on, or an item of it; absent when it starts anew. */
  readonly after?: string;
  /** Whether the client cannot go on when that answer is gone, unless it is told so. */
  readonly thread: boolean;
}

/** How one HTTP API reads calls and words its answers. */
export interface SurfaceApi {
  readonly id: Surface;
  readonly dialect: DialectId;
  /** Reads the call from a request whose body has come; a body that is no call is a fault. */
  read(req: IncomingMessage, path: string, body: Buffer): Call;
  /** The body of an answer in the gateway's own name. */
  faultBody(fault: GatewayError, requestId: string): string;
  /** The frame that tells the reader of a stream that it broke. */
  faultFrame(fault: GatewayError, requestId: string): string;
}
