/** Resolves when `work` has ended, well or badly, or when `deadlineMs` have passed, whichever comes first. */
export async function settledWithin(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  await Promise.race([Promise.allSettled([work]), deadline]);
  clearTimeout(timer);
}
