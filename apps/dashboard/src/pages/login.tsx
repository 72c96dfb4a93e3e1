import { useMutation } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { tokensSchema } from "../api/answers.ts";
import { ApiError, ask } from "../api/client.ts";
import { logIn } from "../session.ts";
import { Alert, messageOf } from "../ui/states.tsx";

/** Takes the admin key, once the gateway has said that it is right. */
export function Login(): JSX.Element {
  const [key, setKey] = useState("");
  const check = useMutation({
    mutationFn: (credential: string) => ask(tokensSchema, "api/tokens/list", { credential }),
    onSuccess: (_tokens, credential) => logIn(credential),
  });
  useEffect(() => {
    document.title = "Log in · Link.Assistant.Router";
  }, []);
  return (
    <main class="login">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate(key.trim());
        }}
      >
        <h1>Link.Assistant.Router</h1>
        <label>
          Admin key
          <input
            type="password"
            required
            autoFocus
            autoComplete="current-password"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        {check.error !== null && <Alert>{problemOf(check.error)}</Alert>}
        <button type="submit" class="primary" disabled={check.isPending}>
          Log in
        </button>
        <p class="hint">
          It is what <code>TOKEN_ADMIN_KEY</code> says, or lies in the file <code>admin-key</code> of the gateway's data
          directory. It stays in this tab.
        </p>
      </form>
    </main>
  );
}

function problemOf(error: unknown): string {
  return error instanceof ApiError && error.status === 401
    ? "This is not the admin key of this gateway."
    : messageOf(error);
}
