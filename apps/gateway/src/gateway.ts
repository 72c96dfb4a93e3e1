import type {
  AccountPool,
  Config,
  Prices,
  RouteTable,
  Secret,
  SharedState,
  Store,
  TokenRegistry,
} from "@link-assistant/core";
import type { Metrics } from "@link-assistant/metrics";
import type { Logger } from "pino";

import type { Credentials } from "./credentials/credentials.ts";
import type { HeldAnswers } from "./held-answers.ts";
import type { ModelCatalogue } from "./models.ts";
import type { Tracing } from "./telemetry/tracing.ts";
import type { Upstream } from "./upstreams/upstream.ts";

/** Everything an exchange may reach for. Made once at the start; tests make it of fakes. */
export interface Gateway {
  readonly config: Config;
  readonly pool: AccountPool;
  readonly credentials: Credentials;
  /** By name; those that an account belongs to. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly routes: RouteTable;
  readonly held: HeldAnswers;
  readonly models: ModelCatalogue;
  readonly tokens: TokenRegistry;
  readonly store: Store;
  readonly shared: SharedState;
  readonly prices: Prices;
  /** Models that the configuration names. */
  readonly namedModels: ReadonlySet<string>;
  readonly metrics: Metrics;
  /** Absent: nobody asked for traces. */
  readonly tracing: Tracing | undefined;
  /** Whether the built-in simulator stands where upstreams would. */
  readonly simulated: boolean;
  readonly adminKey: Secret;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new id for an exchange. */
  readonly newId: () => string;
  /** True once the gateway takes no new exchanges. */
  readonly draining: () => boolean;
}
