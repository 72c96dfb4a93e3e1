import { totalInputTokens } from "./usage.ts";
import type { Usage } from "./usage.ts";

/** What tokens of one sort cost. */
export interface TokenPrice {
  /** US dollars for a million tokens. */
  readonly usdPerMillion: number;
  /** Other prices for all tokens of this sort when the whole prompt is longer, the shortest first. */
  readonly longPrompts?: readonly { readonly aboveTokens: number; readonly usdPerMillion: number }[];
}

/** What a model's tokens cost. Cache parts without a price of their own cost what input costs. */
export interface ModelPrice {
  readonly input: TokenPrice;
  /** Reasoning included. */
  readonly output: TokenPrice;
  readonly cacheRead?: TokenPrice | undefined;
  /** Also of writes whose lifetime was not reported. */
  readonly cacheWrite5m?: TokenPrice | undefined;
  /** Absent: as `cacheWrite5m`. */
  readonly cacheWrite1h?: TokenPrice | undefined;
}

/** Which price is meant. */
export interface PriceQuery {
  /** What the catalogue knows the upstream by: `anthropic`, `openai`, `openrouter`, … */
  readonly service: string;
  readonly model: string;
  /** Milliseconds since 1970: some prices change with the time of day. */
  readonly atMs: number;
}

/** Prices of models. */
export interface Prices {
  /** Names the catalogue and its edition. */
  readonly version: string;
  /** What a usage costs in billionths of a US dollar, whole; `null`: the model has no price here, or nothing was reported. */
  cost(query: PriceQuery, usage: Usage): number | null;
  /** The most that a call of so many tokens can cost, in billionths of a US dollar; 0 when the model has no price. */
  most(query: PriceQuery, tokens: { readonly input: number; readonly output: number }): number;
  /** Whether the model has a price here. */
  knows(query: PriceQuery): boolean;
}

/** A million tokens for a dollar are a thousand billionths each. */
const NANO_USD_PER_TOKEN = 1000;

/** What a usage costs in billionths of a US dollar, whole; `null` when nothing was reported. */
export function costOf(price: ModelPrice, usage: Usage): number | null {
  const prompt = totalInputTokens(usage);
  if (prompt === undefined && usage.output === undefined) return null;
  const { input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m } = price;
  const part = (tokens: number | undefined, each: TokenPrice): number =>
    tokens === undefined ? 0 : tokens * rateOf(each, prompt ?? 0);
  const usdPerMillion =
    part(usage.input, input) +
    part(usage.cacheRead, cacheRead) +
    part(usage.cacheWrite5m, cacheWrite5m) +
    part(usage.cacheWrite1h, cacheWrite1h) +
    part(usage.cacheWrite, cacheWrite5m) +
    part(usage.output, output);
  return Math.round(usdPerMillion * NANO_USD_PER_TOKEN);
}

/** The most that a call of so many tokens can cost, in billionths of a US dollar: none of its prompt cached, all of it written to the cache. */
export function mostOf(
  price: ModelPrice,
  { input, output }: { readonly input: number; readonly output: number },
): number {
  const sorts: Usage[] = [{ input }, { cacheRead: input }, { cacheWrite5m: input }, { cacheWrite1h: input }];
  return Math.max(...sorts.map((usage) => costOf(price, { ...usage, output }) ?? 0));
}

function rateOf({ usdPerMillion, longPrompts = [] }: TokenPrice, promptTokens: number): number {
  return longPrompts.findLast(({ aboveTokens }) => promptTokens > aboveTokens)?.usdPerMillion ?? usdPerMillion;
}
