import { NANO_USD, tokenLimitsSchema } from "@link-assistant/core";
import type { TokenChange, TokenLimits } from "@link-assistant/core";
import type { z } from "zod";

/** The limits of a token as the API and the command line spell them, each beside its name in a record. */
export const LIMIT_FIELDS = {
  requests_per_minute: "requestsPerMinute",
  tokens_per_minute: "tokensPerMinute",
  concurrent: "concurrent",
  requests_total: "requestsTotal",
  budget_usd_per_day: "budgetUsdPerDay",
  budget_usd_per_month: "budgetUsdPerMonth",
  budget_usd_total: "budgetUsdTotal",
  models: "models",
  surfaces: "surfaces",
  addresses: "addresses",
} as const satisfies Record<string, keyof TokenLimits>;

const { shape } = tokenLimitsSchema;

/** The fields of a request that sets limits; `null` removes one. */
export const limitFields = {
  requests_per_minute: shape.requestsPerMinute.nullable(),
  tokens_per_minute: shape.tokensPerMinute.nullable(),
  concurrent: shape.concurrent.nullable(),
  requests_total: shape.requestsTotal.nullable(),
  budget_usd_per_day: shape.budgetUsdPerDay.nullable(),
  budget_usd_per_month: shape.budgetUsdPerMonth.nullable(),
  budget_usd_total: shape.budgetUsdTotal.nullable(),
  models: shape.models.nullable(),
  surfaces: shape.surfaces.nullable(),
  addresses: shape.addresses.nullable(),
} satisfies Record<keyof typeof LIMIT_FIELDS, z.ZodType>;

/** What a request says of limits. */
type LimitRequest = z.infer<z.ZodObject<typeof limitFields>>;

/** The limits that a request sets, by their names in a record; what it does not name is left out. */
export function limitsOf(asked: LimitRequest): NonNullable<TokenChange["limits"]> {
  return {
    requestsPerMinute: asked.requests_per_minute,
    tokensPerMinute: asked.tokens_per_minute,
    concurrent: asked.concurrent,
    requestsTotal: asked.requests_total,
    budgetUsdPerDay: asked.budget_usd_per_day,
    budgetUsdPerMonth: asked.budget_usd_per_month,
    budgetUsdTotal: asked.budget_usd_total,
    models: asked.models,
    surfaces: asked.surfaces,
    addresses: asked.addresses,
  };
}

/** A token's limits as the API gives them; what has no bound is left out. */
export function limitsView(limits: TokenLimits): object {
  const shown = Object.entries(LIMIT_FIELDS).map(([field, name]) => [field, limits[name]]);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

/** Dollars of billionths of them. */
export function usd(nanoUsd: number): number {
  return nanoUsd / NANO_USD;
}
