import type { ComponentChildren, JSX } from "preact";

import { ApiError } from "../api/client.ts";

/** What a query tells of itself. */
interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** Shows what was asked for once it is there; until then that it comes, or why it does not and what to do. */
export function Loaded<T>({
  asked,
  children,
}: {
  readonly asked: Asked<T>;
  readonly children: (data: T) => JSX.Element;
}): JSX.Element {
  if (asked.data !== undefined) return children(asked.data);
  if (asked.error === null) return <p class="loading">Loading …</p>;
  return (
    <div class="notice bad" role="alert">
      <p>{messageOf(asked.error)}</p>
      <button type="button" onClick={() => void asked.refetch()}>
        Try again
      </button>
    </div>
  );
}

/** What went wrong, for people. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong in this page. Load it again.";
  if (error.status !== 404) return error.message;
  return `${error.message} If the gateway runs with DISABLE_METRICS, it keeps its figures to itself: set metrics.enabled to see them.`;
}

/** Says at once what went wrong. */
export function Alert({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="notice bad" role="alert">
      {children}
    </p>
  );
}

/** Says that there is nothing, and what to do about it. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

/** What a change that failed says. */
export function Failed({ error }: { readonly error: unknown }): JSX.Element | null {
  if (error === null || error === undefined) return null;
  return <Alert>{error instanceof ApiError ? error.message : messageOf(error)}</Alert>;
}
