/** Numbered ids, the same in every run. */
export interface Ids {
  /** `req_sim_000001` */
  request(): string;
  /** `msg_sim_000001` */
  message(): string;
  /** `toolu_sim_000001` */
  toolUse(): string;
}

/** @param name stands in the middle of each id, so that several simulators give different ones. */
export function createIds(name: string): Ids {
  const numbered = (prefix: string): (() => string) => {
    let last = 0;
    return () => `${prefix}_${name}_${String(++last).padStart(6, "0")}`;
  };
  return { request: numbered("req"), message: numbered("msg"), toolUse: numbered("toolu") };
}
