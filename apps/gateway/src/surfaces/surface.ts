import type { IncomingMessage } from "node:http";

import type { GatewayError, Surface } from "@link-assistant/core";
import type { DialectId } from "@link-assistant/translator";

/** The decoded request of an exchange. */
export interface Call {
  /** The path at the upstream, without query. */
  readonly path: string;
  /** The query as it came, with its `?`; empty when there was none. */
  readonly query: string;
  /** The model the client asked for; `null` when it named none. */
  readonly model: string | null;
  /** Whether a stream was asked for. */
  readonly stream: boolean;
  /** True for a count of tokens: it uses no model and says nothing about an account's health. */
  readonly counting: boolean;
  /** The body as it came. */
  readonly body: Buffer;
  /** The client's headers that go to the upstream, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
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
