import { GatewayError } from "@link-assistant/core";
import type { AccountPool } from "@link-assistant/core";

import { isJsonObject } from "./body.ts";
import type { Credentials } from "./credentials/credentials.ts";
import type { Upstream } from "./upstreams/upstream.ts";

/** A model as its upstream describes it. */
export interface Model {
  readonly id: string;
  readonly createdAtMs: number | undefined;
  /** The upstream's own entry, untouched. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The models that may be asked. */
export interface ModelCatalogue {
  /** All of them, as the upstream lists them; a fault when they were never seen and cannot be had now. */
  list(): Promise<readonly Model[]>;
}

/** Clients look for models at their start and give up after three seconds. */
const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 2500 } as const;
const FRESH_MS = 300_000;

/** What a catalogue asks, and with whose credential. */
export interface ModelSources {
  readonly upstream: Upstream;
  readonly pool: AccountPool;
  readonly credentials: Credentials;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A catalogue that asks the upstream, at most every five minutes, and once for all who wait. */
export function createModelCatalogue(sources: ModelSources): ModelCatalogue {
  let models: readonly Model[] | undefined;
  let staleAtMs = 0;
  let asking: Promise<readonly Model[]> | undefined;
  const ask = async (): Promise<readonly Model[]> => {
    try {
      models = await askUpstream(sources);
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

async function askUpstream({ upstream, pool, credentials, now }: ModelSources): Promise<readonly Model[]> {
  const [account] = pool.pick(now());
  const credential = account === undefined ? undefined : credentials.get(account.name);
  const header = credential?.header();
  if (credential === undefined || header === undefined)
    throw new GatewayError("accounts_cooling", { retryAfterSeconds: 1 });
  const list = await upstream.getJson("/v1/models?limit=1000", header, credential.betas, BOUNDS);
  if (!isJsonObject(list) || !Array.isArray(list["data"]))
    throw new Error("the upstream's list of models has no `data`");
  return list["data"].flatMap((entry: unknown) => parseModel(entry) ?? []);
}

function parseModel(entry: unknown): Model | undefined {
  if (!isJsonObject(entry) || typeof entry["id"] !== "string") return undefined;
  const createdAtMs = typeof entry["created_at"] === "string" ? Date.parse(entry["created_at"]) : Number.NaN;
  return { id: entry["id"], createdAtMs: Number.isNaN(createdAtMs) ? undefined : createdAtMs, entry };
}

/** A page of models as Anthropic's API gives it; `limit` 1 to 1,000, default 20. Bad parameters are a fault. */
export function anthropicModelPage(models: readonly Model[], query: URLSearchParams): object {
  const { page, hasMore } = slice(models, query);
  return {
    data: page.map((model) => model.entry),
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
export function openaiModel({ id, createdAtMs }: Model): object {
  return { id, object: "model", created: Math.floor((createdAtMs ?? 0) / 1000), owned_by: "anthropic" };
}
