import type { Usage } from "@link-assistant/core";

import type { Leak } from "./leak.ts";
import type { SimRequest } from "./request.ts";
import type { Script } from "./script.ts";

/** How any simulator is set up. */
export interface CommonOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: a short text for every call. */
  readonly script?: Script;
  /** The credentials that are accepted. Default: any. */
  readonly credentials?: readonly string[];
  /** Whether models that are not known are answered too; they take everything. Default false. */
  readonly anyModel?: boolean;
  /** The middle of all ids, so that two simulators can be told apart. Default `sim`. */
  readonly name?: string;
  /** How many entries `requests`, `billed` and `leaks` keep; older ones are forgotten. Default: all. */
  readonly keep?: number;
}

/** What one answer costs. */
export interface Billed {
  readonly requestId: string;
  readonly credential: string;
  readonly model: string;
  /** Grows while a stream is sent: prompt in full from its first event, output as far as it was sent. */
  readonly usage: Usage;
  /** Whether the answer was sent to its end. */
  readonly complete: boolean;
}

/** A running simulator. All lists are live, oldest first. */
export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Every request that was read to its end, refused ones too. */
  readonly requests: readonly SimRequest[];
  /** Every answer that costs something. */
  readonly billed: readonly Billed[];
  /** Everything that reached the simulator and must not reach an upstream. */
  readonly leaks: readonly Leak[];
  /** How many answers are being made or sent now. */
  readonly open: number;
  /** How many exchanges the client broke off. */
  readonly aborted: number;
  /** Resolves once no answer is being made or sent. */
  idle(): Promise<void>;
  /** Ends all connections, whatever is being sent. */
  close(): Promise<void>;
}
