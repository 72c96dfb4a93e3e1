import type { AccountStateRecord, TokenRecord } from "@link-assistant/core";

import {
  ACCOUNT_STATE_COLUMNS,
  TOKEN_COLUMNS,
  accountStateParameters,
  parseAccountStateRow,
  parseTokenRow,
  tokenParameters,
} from "./record-rows.ts";
import type { RecordTable } from "./sqlite-records.ts";

/** Where router tokens are kept. */
export const TOKENS: RecordTable<TokenRecord> = {
  name: "tokens",
  columns: TOKEN_COLUMNS,
  key: ["id"],
  order: "issuedAtMs, id",
  parametersOf: tokenParameters,
  parse: parseTokenRow,
};

/** Where states of accounts are kept. */
export const ACCOUNT_STATES: RecordTable<AccountStateRecord> = {
  name: "accountStates",
  columns: ACCOUNT_STATE_COLUMNS,
  key: ["account", "model"],
  order: "account, model",
  parametersOf: accountStateParameters,
  parse: parseAccountStateRow,
};
