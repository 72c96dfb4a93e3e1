import { useMutation, useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";

import { issuedSchema } from "../api/answers.ts";
import type { Issued } from "../api/answers.ts";
import { ask } from "../api/client.ts";
import { rememberToken } from "../connect/known-token.ts";
import { CopyText } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failed } from "../ui/states.tsx";
import { limitsAsked } from "./limit-fields.ts";
import { TokenFields } from "./token-form.tsx";
import type { TokenDraft } from "./token-form.tsx";

const LIFETIMES = [
  [24, "1 day"],
  [168, "7 days"],
  [720, "30 days"],
  [2160, "90 days"],
  [8760, "1 year"],
] as const;
const USUAL_HOURS = 720;

/** Asks what the token is for, issues it, and shows it once. */
export function IssueToken({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const client = useQueryClient();
  const issue = useMutation({
    mutationFn: (body: object) => ask(issuedSchema, "api/tokens", { method: "POST", body }),
    onSuccess: ({ token }) => {
      rememberToken(token);
      return client.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  return (
    <Dialog title={issue.isSuccess ? "The new token" : "Issue a token"} onClose={onClose}>
      {issue.isSuccess ? (
        <ShownOnce issued={issue.data} />
      ) : (
        <IssueForm isPending={issue.isPending} error={issue.error} onIssue={(body) => issue.mutate(body)} />
      )}
    </Dialog>
  );
}

interface IssueFormProps {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onIssue: (body: object) => void;
}

function IssueForm({ isPending, error, onIssue }: IssueFormProps): JSX.Element {
  const [draft, setDraft] = useState<TokenDraft>({ label: "", account: "", scopes: ["inference"], limits: {} });
  const [hours, setHours] = useState<number>(USUAL_HOURS);
  const submit = (event: Event): void => {
    event.preventDefault();
    const { label, account, scopes, limits } = draft;
    onIssue({ label, account: account === "" ? null : account, scopes, ttl_hours: hours, ...limitsAsked(limits) });
  };
  return (
    <form onSubmit={submit}>
      <label>
        Lives for
        <select value={hours} onChange={({ currentTarget }) => setHours(Number(currentTarget.value))}>
          {LIFETIMES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <TokenFields draft={draft} onChange={setDraft} />
      <Failed error={error} />
      <div class="actions">
        <button type="submit" class="primary" disabled={isPending}>
          Issue
        </button>
      </div>
    </form>
  );
}

function ShownOnce({ issued }: { readonly issued: Issued }): JSX.Element {
  return (
    <>
      <p role="status">Copy it now: it is not shown again, and nobody can look it up.</p>
      <CopyText text={issued.token} label="the router token" />
      <p>
        <Link href="/connect">Connect a client with it</Link>
      </p>
    </>
  );
}
