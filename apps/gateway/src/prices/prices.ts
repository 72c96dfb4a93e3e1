import { costOf, modelMatches, mostOf } from "@link-assistant/core";
import type { Config, ModelPrice, PriceQuery, Prices, TokenPrice } from "@link-assistant/core";

import { CATALOGUE_VERSION, findPrice } from "./catalogue.ts";
import type { FoundPrice } from "./catalogue.ts";

/** Models whose price is remembered; beyond it all are looked up anew. */
const MAX_REMEMBERED = 2000;
/** A price that changes with the time of day is looked up anew for each of these. */
const MOMENT_MS = 60_000;
const ALWAYS = -1;

/** The catalogue's prices, below those that the configuration sets. */
export function openPrices(overrides: Config["prices"]): Prices {
  const own = Object.entries(overrides).map(([pattern, price]) => ({ pattern, price: priceOf(price) }));
  const known = new Map<string, FoundPrice & { readonly moment: number }>();
  const find = ({ service, model, atMs }: PriceQuery): ModelPrice | undefined => {
    const key = `${service}\n${model}`;
    let found = known.get(key);
    const moment = Math.floor(atMs / MOMENT_MS);
    if (found === undefined || (found.moment !== moment && found.moment !== ALWAYS)) {
      const set = own.find(({ pattern }) => modelMatches(pattern, model));
      const price: FoundPrice =
        set === undefined ? findPrice({ service, model, atMs }) : { price: set.price, changes: false };
      found = { ...price, moment: price.changes ? moment : ALWAYS };
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(key, found);
    }
    return found.price;
  };
  return {
    version: own.length === 0 ? CATALOGUE_VERSION : `${CATALOGUE_VERSION} with ${own.length} of the configuration`,
    cost: (query, usage) => {
      const price = find(query);
      return price === undefined ? null : costOf(price, usage);
    },
    most: (query, tokens) => {
      const price = find(query);
      return price === undefined ? 0 : mostOf(price, tokens);
    },
    knows: (query) => find(query) !== undefined,
  };
}

function priceOf({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Config["prices"][string]): ModelPrice {
  return {
    input: { usdPerMillion: input },
    output: { usdPerMillion: output },
    cacheRead: flat(cacheRead),
    cacheWrite5m: flat(cacheWrite5m),
    cacheWrite1h: flat(cacheWrite1h),
  };
}

function flat(usdPerMillion: number | undefined): TokenPrice | undefined {
  return usdPerMillion === undefined ? undefined : { usdPerMillion };
}
