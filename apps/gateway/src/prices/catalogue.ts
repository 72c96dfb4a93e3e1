import { readFileSync } from "node:fs";

import type { ModelPrice, PriceQuery, TokenPrice } from "@link-assistant/core";
import { calcPrice } from "@pydantic/genai-prices";
import type { TieredPrices } from "@pydantic/genai-prices";
import { z } from "zod";

const PACKAGE = "@pydantic/genai-prices";

/** The catalogue and its edition. */
export const CATALOGUE_VERSION: string = `${PACKAGE} ${versionOf(PACKAGE)}`;

/** A model's price, and whether it may be another one at another time. */
export interface FoundPrice {
  /** Absent: the catalogue has none. */
  readonly price?: ModelPrice | undefined;
  readonly changes: boolean;
}

/** The catalogue asks for a usage, though only the price is wanted. */
const NO_TOKENS = { input_tokens: 0, output_tokens: 0 };

/** The price that the catalogue has for a model of a service; names with dates and endings are found as the catalogue knows them. */
export function findPrice({ service, model, atMs }: PriceQuery): FoundPrice {
  const found = calcPrice(NO_TOKENS, model, { providerId: service, timestamp: new Date(atMs) });
  if (found === null) return { changes: false };
  const { input_mtok: input, output_mtok: output, ...parts } = found.model_price;
  const changes = Array.isArray(found.model.prices);
  if (input === undefined || output === undefined) return { changes };
  return {
    changes,
    price: {
      input: tokenPrice(input),
      output: tokenPrice(output),
      cacheRead: optionalPrice(parts["cache_read_mtok"]),
      cacheWrite5m: optionalPrice(parts["cache_write_5m_mtok"] ?? parts["cache_write_mtok"]),
      cacheWrite1h: optionalPrice(parts["cache_write_1h_mtok"]),
    },
  };
}

function optionalPrice(price: number | TieredPrices | undefined): TokenPrice | undefined {
  return price === undefined ? undefined : tokenPrice(price);
}

function tokenPrice(price: number | TieredPrices): TokenPrice {
  if (typeof price === "number") return { usdPerMillion: price };
  const longPrompts = price.tiers.map(({ start, price: usdPerMillion }) => ({ aboveTokens: start, usdPerMillion }));
  return { usdPerMillion: price.base, longPrompts: longPrompts.toSorted((a, b) => a.aboveTokens - b.aboveTokens) };
}

function versionOf(name: string): string {
  const manifest = new URL("../package.json", import.meta.resolve(name));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8"))).version;
}
