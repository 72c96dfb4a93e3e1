import type { AccountStateStore } from "@link-assistant/core";

/** Opens something that keeps the states of accounts. */
export type OpenStates = () => Promise<{ readonly accountStates: AccountStateStore }>;
