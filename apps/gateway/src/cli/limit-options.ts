import { SURFACES } from "@link-assistant/core";
import type { Surface, TokenChange } from "@link-assistant/core";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

/** What removes a limit. */
const NONE = "none";

/** What the flags of limits set. */
export interface LimitFlags {
  readonly requestsPerMinute?: number | typeof NONE;
  readonly tokensPerMinute?: number | typeof NONE;
  readonly concurrent?: number | typeof NONE;
  readonly requestsTotal?: number | typeof NONE;
  readonly budgetPerDay?: number | typeof NONE;
  readonly budgetPerMonth?: number | typeof NONE;
  readonly budgetTotal?: number | typeof NONE;
  readonly model?: string[];
  readonly surface?: (Surface | typeof NONE)[];
  readonly address?: string[];
}

/** The flags that set a token's limits; with `removable`, `none` removes one. */
export function withLimitOptions(command: Command, removable = false): Command {
  const count = (text: string): number | typeof NONE => numberOf(text, removable, true);
  const usd = (text: string): number | typeof NONE => numberOf(text, removable, false);
  const hint = removable ? "; `none` removes the limit" : "";
  return command
    .option("--requests-per-minute <count>", `exchanges that may begin within a minute${hint}`, count)
    .option("--tokens-per-minute <count>", `input and output tokens within a minute${hint}`, count)
    .option("--concurrent <count>", `exchanges under way at once${hint}`, count)
    .option("--requests-total <count>", `exchanges in the token's whole life${hint}`, count)
    .option("--budget-per-day <usd>", `US dollars within a day, by UTC${hint}`, usd)
    .option("--budget-per-month <usd>", `US dollars within a calendar month, by UTC${hint}`, usd)
    .option("--budget-total <usd>", `US dollars in the token's whole life${hint}`, usd)
    .option("--model <pattern...>", `models that may be asked for, with * for any letters${hint}`)
    .addOption(
      new Option("--surface <surface...>", `APIs that may be called${hint}`).choices([
        ...SURFACES,
        ...(removable ? [NONE] : []),
      ]),
    )
    .option("--address <range...>", `client addresses and ranges it is taken from${hint}`);
}

/** The limits that the flags set. */
export function limitsOfFlags(flags: LimitFlags): NonNullable<TokenChange["limits"]> {
  return {
    requestsPerMinute: boundOf(flags.requestsPerMinute),
    tokensPerMinute: boundOf(flags.tokensPerMinute),
    concurrent: boundOf(flags.concurrent),
    requestsTotal: boundOf(flags.requestsTotal),
    budgetUsdPerDay: boundOf(flags.budgetPerDay),
    budgetUsdPerMonth: boundOf(flags.budgetPerMonth),
    budgetUsdTotal: boundOf(flags.budgetTotal),
    models: listOf(flags.model),
    surfaces: listOf(flags.surface),
    addresses: listOf(flags.address),
  };
}

function boundOf(bound: number | typeof NONE | undefined): number | null | undefined {
  return bound === NONE ? null : bound;
}

function listOf<T extends string>(list: (T | typeof NONE)[] | undefined): T[] | null | undefined {
  if (list === undefined) return undefined;
  const named = list.filter((item): item is T => item !== NONE);
  return named.length < list.length ? null : named;
}

function numberOf(text: string, removable: boolean, isWhole: boolean): number | typeof NONE {
  if (removable && text === NONE) return NONE;
  const value = Number(text);
  if (text !== "" && value > 0 && Number.isFinite(value) && (!isWhole || Number.isInteger(value))) return value;
  throw new InvalidArgumentError(
    `It must be a ${isWhole ? "whole " : ""}number above 0${removable ? ", or `none`" : ""}.`,
  );
}
