export { ledgerEntry, tokenRecord } from "./samples.ts";
export { storeContract } from "./store-contract.ts";
