import type { Usage } from "@link-assistant/core";

/** A piece of a body, and what the exchange costs once it has been sent. */
export interface Frame {
  readonly bytes: Buffer;
  /** Absent when nothing has been said that costs something. */
  readonly billed?: Usage;
}

/** A piece of a stream before it is known what it costs. */
export interface Draft {
  readonly bytes: Buffer;
  /** `part`: it carries a share of the output. `all`: with it the whole output has been given. Absent: neither. */
  readonly output?: "part" | "all";
}

/** The pieces of a stream with their costs: the prompt in full from the first one on, the output as far as it was sent. */
export function meteredFrames(drafts: readonly Draft[], usage: Usage): Frame[] {
  const parts = drafts.filter(({ output }) => output === "part").length;
  let sent = 0;
  let complete = false;
  return drafts.map(({ bytes, output }) => {
    if (output === "part") sent += 1;
    complete ||= output === "all";
    return { bytes, billed: complete ? usage : sharedUsage(usage, parts === 0 ? 0 : sent / parts) };
  });
}

function sharedUsage(usage: Usage, share: number): Usage {
  const output = Math.floor((usage.output ?? 0) * share);
  const { reasoning } = usage;
  return { ...usage, output, ...(reasoning === undefined ? {} : { reasoning: Math.min(reasoning, output) }) };
}
