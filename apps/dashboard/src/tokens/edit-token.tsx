import { useMutation, useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { anySchema } from "../api/answers.ts";
import type { Token } from "../api/answers.ts";
import { ask } from "../api/client.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Failed } from "../ui/states.tsx";
import { limitsAsked, textsOf } from "./limit-fields.ts";
import { TokenFields } from "./token-form.tsx";
import type { TokenDraft } from "./token-form.tsx";

/** Changes a token's label, account, scopes and limits; those who use it notice nothing but the limits. */
export function EditToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }): JSX.Element {
  const client = useQueryClient();
  const [draft, setDraft] = useState<TokenDraft>({
    label: token.label,
    account: token.account ?? "",
    scopes: token.scopes,
    limits: textsOf(token.limits),
  });
  const change = useMutation({
    mutationFn: ({ label, account, scopes, limits }: TokenDraft) =>
      ask(anySchema, `api/tokens/${encodeURIComponent(token.id)}`, {
        method: "PATCH",
        body: { label, account: account === "" ? null : account, scopes, ...limitsAsked(limits, token.limits) },
      }),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ["tokens"] }),
        client.invalidateQueries({ queryKey: ["token", token.id] }),
      ]);
      onClose();
    },
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    change.mutate(draft);
  };
  return (
    <Dialog title={`Edit ${token.label === "" ? "a token" : token.label}`} onClose={onClose}>
      <form onSubmit={submit}>
        <TokenFields draft={draft} onChange={setDraft} />
        <Failed error={change.error} />
        <div class="actions">
          <button type="submit" class="primary" disabled={change.isPending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
