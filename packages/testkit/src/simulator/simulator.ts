import type { Usage } from "@link-assistant/core";

import type { Leak } from "./leak.ts";
import type { SimModel } from "./model.ts";
import type { SimRequest } from "./request.ts";
import type { Turn } from "./turn.ts";

/** Says what the model does: a function asked for each call, or turns that are used up in order. */
export type Script = ((request: SimRequest) => Turn | Promise<Turn>) | readonly Turn[];

/** How a simulator is set up. */
export interface SimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: a short text for every call. */
  readonly script?: Script;
  /** The credentials that are accepted, as `x-api-key` or as bearer token. Default: any. */
  readonly credentials?: readonly string[];
  /** The models that are known; a name that is in `KNOWN_MODELS` stands for that one, any other takes everything. Default: `KNOWN_MODELS`. */
  readonly models?: readonly (SimModel | string)[];
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
