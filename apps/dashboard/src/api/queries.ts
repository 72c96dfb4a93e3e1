import { QueryClient, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/preact-query";
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from "@tanstack/preact-query";
import type * as z from "zod/mini";

import { spanOf } from "../overview/periods.ts";
import type { Period, Span } from "../overview/periods.ts";
import {
  accountsSchema,
  exchangesSchema,
  modelsSchema,
  seriesSchema,
  tokenDetailsSchema,
  tokensSchema,
  usageSchema,
} from "./answers.ts";
import type { Exchange, SeriesRow, Usage } from "./answers.ts";
import { ApiError, ask } from "./client.ts";

const LIVE_MS = 3000;
const SLOW_MS = 15_000;
const RETRY_MS = 500;

type Answer<T> = UseQueryResult<T>;

/** Asks again what is shown, for as long as the page can be seen: a hidden tab asks nothing. */
export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        // What was refused stays refused; what did not come may come.
        retry: (failures, error) => failures < 1 && !(error instanceof ApiError && isRefusal(error.status)),
        retryDelay: RETRY_MS,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

/** The totals since the gateway began. */
export function useUsage(): Answer<Usage> {
  return useQuery({
    queryKey: ["usage"],
    queryFn: ({ signal }) => ask(usageSchema, "v1/usage", { signal }),
    refetchInterval: LIVE_MS,
  });
}

/** A series, and the time that it is about. */
export interface Series {
  readonly span: Span;
  readonly rows: readonly SeriesRow[];
}

/** The period in its steps, and the one before it. */
export function useSeries(period: Period): Answer<Series> {
  return useQuery({
    queryKey: ["series", period.id],
    queryFn: async ({ signal }): Promise<Series> => {
      const span = spanOf(period, Date.now());
      const { data } = await ask(seriesSchema, seriesPath(span.beforeMs, span.toMs, period.stepMs), { signal });
      return { span, rows: data };
    },
    refetchInterval: period.everyMs,
    placeholderData: keepPreviousData,
  });
}

/** By what figures are divided. */
export type Group = "model" | "account" | "token" | "surface";

/** The period as a whole, a row for each group. */
export function useBreakdown(period: Period, group: Group): Answer<readonly SeriesRow[]> {
  return useQuery({
    queryKey: ["breakdown", period.id, group],
    queryFn: async ({ signal }) => {
      const { fromMs, toMs } = spanOf(period, Date.now());
      return (await ask(seriesSchema, seriesPath(fromMs, toMs, period.spanMs, group), { signal })).data;
    },
    refetchInterval: period.everyMs,
  });
}

function seriesPath(fromMs: number, toMs: number, stepMs: number, group?: Group): string {
  const parts = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    step: String(stepMs / 1000),
    ...(group !== undefined && { group }),
  });
  return `v1/usage/series?${parts.toString()}`;
}

/** The accounts, and whether they are simulated. */
export function useAccounts(): Answer<z.infer<typeof accountsSchema>> {
  return useQuery({
    queryKey: ["accounts"],
    queryFn: ({ signal }) => ask(accountsSchema, "v1/accounts", { signal }),
    refetchInterval: LIVE_MS,
  });
}

/** All router tokens. */
export function useTokens(): Answer<z.infer<typeof tokensSchema>> {
  return useQuery({
    queryKey: ["tokens"],
    queryFn: ({ signal }) => ask(tokensSchema, "api/tokens/list", { signal }),
    refetchInterval: SLOW_MS,
  });
}

/** One router token, with what it has used and has left. */
export function useToken(id: string): Answer<z.infer<typeof tokenDetailsSchema>> {
  return useQuery({
    queryKey: ["token", id],
    queryFn: ({ signal }) => ask(tokenDetailsSchema, `api/tokens/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: SLOW_MS,
  });
}

/** The parts of a question for exchanges, by their names; an empty one is not asked. */
export type Filter = Readonly<Record<"status" | "model" | "account" | "token" | "surface" | "end" | "from", string>>;

const PAGE = "50";

/** Exchanges, the newest first, page by page. While only the first page is shown, it is live. */
export function useExchanges(
  filter: Filter,
  live: boolean,
): UseInfiniteQueryResult<InfiniteData<z.infer<typeof exchangesSchema>>> {
  return useInfiniteQuery({
    queryKey: ["exchanges", filter],
    queryFn: ({ signal, pageParam }) => {
      const named = Object.entries({ ...filter, limit: PAGE, cursor: pageParam });
      const parts = new URLSearchParams(named.filter(([, value]) => value !== ""));
      return ask(exchangesSchema, `v1/usage/exchanges?${parts.toString()}`, { signal });
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (live && (state.data?.pages.length ?? 0) <= 1 ? LIVE_MS : false),
    placeholderData: keepPreviousData,
  });
}

/** One exchange; `null` when the ledger has none of this id. */
export function useExchange(id: string): Answer<Exchange | null> {
  return useQuery({
    queryKey: ["exchange", id],
    queryFn: async ({ signal }) => {
      const parts = new URLSearchParams({ id });
      return (await ask(exchangesSchema, `v1/usage/exchanges?${parts.toString()}`, { signal })).data[0] ?? null;
    },
  });
}

/** The models that a router token may ask for. */
export function useModels(token: string): Answer<readonly string[]> {
  return useQuery({
    queryKey: ["models", token],
    queryFn: async ({ signal }) => {
      const { data } = await ask(modelsSchema, "v1/models", { signal, credential: token });
      return data.map(({ id }) => id);
    },
    enabled: token !== "",
  });
}
