/**
 * Tokens that one attempt consumed, as its upstream reported them. An absent field was not reported: absent is not zero.
 * The parts never overlap: `input` leaves out everything read from or written to a prompt cache, so the whole prompt is
 * `input + cacheRead + cacheWrite5m + cacheWrite1h + cacheWrite`.
 */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to a cache. */
  readonly input?: number;
  /** Prompt tokens read from a cache. */
  readonly cacheRead?: number;
  /** Prompt tokens written to a cache that lives five minutes. */
  readonly cacheWrite5m?: number;
  /** Prompt tokens written to a cache that lives one hour. */
  readonly cacheWrite1h?: number;
  /** Prompt tokens written to a cache whose lifetime was not reported. */
  readonly cacheWrite?: number;
  /** Tokens of the answer, reasoning included. */
  readonly output?: number;
  /** Those of `output` that were spent on reasoning. */
  readonly reasoning?: number;
}

/** The usage of an attempt about which nothing was reported. */
export const NO_USAGE: Usage = Object.freeze({});

/** True when nothing at all was reported. */
export function isEmptyUsage(usage: Usage): boolean {
  return totalInputTokens(usage) === undefined && usage.output === undefined && usage.reasoning === undefined;
}

/** All tokens of the prompt, cached or not; absent when no part of it was reported. */
export function totalInputTokens(usage: Usage): number | undefined {
  return sumOfReported(usage.input, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h, usage.cacheWrite);
}

/** All tokens of prompt and answer; absent when neither was reported. */
export function totalTokens(usage: Usage): number | undefined {
  return sumOfReported(totalInputTokens(usage), usage.output);
}

function sumOfReported(...parts: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const part of parts) if (part !== undefined) sum = (sum ?? 0) + part;
  return sum;
}
