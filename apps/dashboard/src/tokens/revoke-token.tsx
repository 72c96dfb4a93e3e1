import { useMutation, useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";

import { anySchema } from "../api/answers.ts";
import type { Token } from "../api/answers.ts";
import { ask } from "../api/client.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Failed } from "../ui/states.tsx";

/** Revokes a token, once that is confirmed. */
export function RevokeToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }): JSX.Element {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ask(anySchema, `api/tokens/${encodeURIComponent(token.id)}`, { method: "DELETE" }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["tokens"] });
      onClose();
    },
  });
  return (
    <Dialog title="Revoke this token?" onClose={onClose}>
      <p>
        <strong>{token.label === "" ? token.id : token.label}</strong> is refused from now on. This cannot be undone.
      </p>
      <Failed error={revoke.error} />
      <div class="actions">
        <button type="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="danger primary" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke it
        </button>
      </div>
    </Dialog>
  );
}
