import { useMutation, useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { importedSchema } from "../api/answers.ts";
import { ask } from "../api/client.ts";
import { format } from "../format.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Failed } from "../ui/states.tsx";

/** Takes over the tokens of the Rust program. */
export function ImportTokens({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const take = useMutation({
    mutationFn: async (chosen: File) =>
      ask(importedSchema, "api/tokens/import", { method: "POST", body: await chosen.text() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (file !== null) take.mutate(file);
  };
  return (
    <Dialog title="Import tokens" onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          The file <code>tokens.lino</code> of Link.Assistant.Router 0.7.0 holds the records of its tokens. With the
          same <code>TOKEN_SECRET</code>, they go on working here.
        </p>
        <label>
          File
          <input type="file" required onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)} />
        </label>
        <Failed error={take.error} />
        {take.data !== undefined && (
          <p role="status" class="good">
            {format.number(take.data.imported)} imported, {format.number(take.data.known)} known before.
          </p>
        )}
        <div class="actions">
          <button type="submit" class="primary" disabled={take.isPending || file === null}>
            Import
          </button>
        </div>
      </form>
    </Dialog>
  );
}
