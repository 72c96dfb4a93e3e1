import { GatewayError } from "@link-assistant/core";
import type { AccountPool, RouteRule, RouteTable } from "@link-assistant/core";

import { isJsonObject } from "./body.ts";
import type { JsonObject } from "./body.ts";
import type { Credentials } from "./credentials/credentials.ts";
import type { Upstream } from "./upstreams/upstream.ts";

/** A model as its upstream describes it. */
export interface Model {
  readonly id: string;
  readonly createdAtMs: number | undefined;
  readonly ownedBy: string;
  /** The upstream's own entry, untouched, where it has Anthropic's shape. */
  readonly entry: JsonObject | undefined;
}

/** The models that may be asked. */
export interface ModelCatalogue {
  /**
   * All of them, as the upstreams list them, with the aliases that lead to them; a fault when none were ever seen and none can be
   * had now.
   */
  list(): Promise<readonly Model[]>;
}

/** Clients look for models at their start and give up after three seconds. */
const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 2500 } as const;
const FRESH_MS = 300_000;

/** What a catalogue asks, and with whose credential. */
export interface ModelSources {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly pool: AccountPool;
  readonly credentials: Credentials;
  /** Rules of which those without a `*` name further models. */
  readonly aliases: readonly RouteRule[];
  readonly routes: RouteTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A catalogue that asks the upstreams, at most every five minutes, and once for all who wait. */
export function createModelCatalogue(sources: ModelSources): ModelCatalogue {
  let models: readonly Model[] | undefined;
  let staleAtMs = 0;
  let asking: Promise<readonly Model[]> | undefined;
  const ask = async (): Promise<readonly Model[]> => {
    try {
      models = await askAll(sources);
      staleAtMs = sources.now() + FRESH_MS;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      // An old list serves better than none.
      if (models === undefined) throw new GatewayError("upstream_unreachable");
    } finally {
      asking = undefined;
    }
    return models;
  };
  return {
    list: () => {
      if (models !== undefined && sources.now() < staleAtMs) return Promise.resolve(models);
      return (asking ??= ask());
    },
  };
}

/** The models of all upstreams, each name once. An upstream that does not answer is left out, unless none does. */
async function askAll(sources: ModelSources): Promise<readonly Model[]> {
  const answers = await Promise.allSettled(
    [...sources.upstreams.values()].map((upstream) => askUpstream(upstream, sources)),
  );
  const lists = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const [failed] = answers.flatMap((answer) => (answer.status === "rejected" ? [answer] : []));
  if (lists.length === 0 && failed !== undefined) throw failed.reason;
  const byId = new Map<string, Model>();
  for (const model of [...lists.flat(), ...aliasesOf(sources)]) if (!byId.has(model.id)) byId.set(model.id, model);
  return [...byId.values()];
}

async function askUpstream(upstream: Upstream, { pool, credentials, now }: ModelSources): Promise<readonly Model[]> {
  const [account] = pool.pick(now(), { upstream: upstream.name });
  const credential = account === undefined ? undefined : credentials.get(account.name);
  const header = credential?.header();
  if (credential === undefined || header === undefined)
    throw new GatewayError("accounts_cooling", { retryAfterSeconds: 1 });
  const list = await upstream.listModels(header, credential.betas, BOUNDS);
  if (!isJsonObject(list) || !Array.isArray(list["data"]))
    throw new Error("the upstream's list of models has no `data`");
  return list["data"].flatMap((entry: unknown) => parseModel(entry, upstream.name) ?? []);
}

function parseModel(entry: unknown, upstream: string): Model | undefined {
  if (!isJsonObject(entry) || typeof entry["id"] !== "string") return undefined;
  const isAnthropic = entry["type"] === "model";
  return {
    id: entry["id"],
    createdAtMs: createdAtMs(entry),
    ownedBy: typeof entry["owned_by"] === "string" ? entry["owned_by"] : upstream,
    entry: isAnthropic ? entry : undefined,
  };
}

/** Anthropic gives a date, OpenAI Unix seconds. */
function createdAtMs({ created_at: date, created: seconds }: JsonObject): number | undefined {
  const ms = typeof date === "string" ? Date.parse(date) : Number(seconds) * 1000;
  return Number.isFinite(ms) ? ms : undefined;
}

/** Names that rules make for models that there are. */
function aliasesOf({ aliases, routes }: ModelSources): readonly Model[] {
  return aliases
    .filter(({ model }) => !model.includes("*") && routes.candidates(model).length > 0)
    .map(({ model }) => ({ id: model, createdAtMs: undefined, ownedBy: "router", entry: undefined }));
}

/** A model as Anthropic's API gives it. */
export function anthropicModel({ id, createdAtMs: ms, entry }: Model): JsonObject {
  return entry ?? { type: "model", id, display_name: id, created_at: new Date(ms ?? 0).toISOString() };
}

/** A page of models as Anthropic's API gives it; `limit` 1 to 1,000, default 20. Bad parameters are a fault. */
export function anthropicModelPage(models: readonly Model[], query: URLSearchParams): object {
  const { page, hasMore } = slice(models, query);
  return {
    data: page.map(anthropicModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function slice(models: readonly Model[], query: URLSearchParams): { page: readonly Model[]; hasMore: boolean } {
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new GatewayError("request_invalid", { detail: "`limit` must be a whole number from 1 to 1000." });
  }
  const end = indexOf(models, query.get("before_id"));
  if (end !== undefined) return { page: models.slice(Math.max(0, end - limit), end), hasMore: end > limit };
  const start = (indexOf(models, query.get("after_id")) ?? -1) + 1;
  return { page: models.slice(start, start + limit), hasMore: start + limit < models.length };
}

function indexOf(models: readonly Model[], id: string | null): number | undefined {
  if (id === null) return undefined;
  const index = models.findIndex((model) => model.id === id);
  if (index < 0) throw new GatewayError("request_invalid", { detail: "`after_id` or `before_id` names no model." });
  return index;
}

/** A model as OpenAI's API gives it. */
export function openaiModel({ id, createdAtMs: ms, ownedBy }: Model): object {
  return { id, object: "model", created: Math.floor((ms ?? 0) / 1000), owned_by: ownedBy };
}
