export { ledgerEntry, tokenRecord } from "./samples.ts";
export { storeContract } from "./store-contract.ts";
export { limitContract } from "./limit-contract.ts";
export { describeAccountStates } from "./account-state-contract.ts";
