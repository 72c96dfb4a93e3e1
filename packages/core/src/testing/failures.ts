import * as fc from "fast-check";

import { FAILURES } from "../failure.ts";
import type { Failure, FailureKind } from "../failure.ts";

/** Every kind of failure. */
export const KINDS: readonly FailureKind[] = Object.keys(FAILURES).filter((name): name is FailureKind =>
  Object.hasOwn(FAILURES, name),
);

/** A failure of this kind. */
export function failure(kind: FailureKind, retryAfterMs?: number): Failure {
  return { kind, ...FAILURES[kind], ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Any failure, with and without a time that the upstream names. */
export const anyFailure: fc.Arbitrary<Failure> = fc
  .record({ kind: fc.constantFrom(...KINDS), retryAfterMs: fc.option(fc.nat(200_000_000), { nil: undefined }) })
  .map(({ kind, retryAfterMs }) => failure(kind, retryAfterMs));
