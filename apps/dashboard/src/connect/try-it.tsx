import { useMutation } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { sendForStream } from "../api/client.ts";
import { format } from "../format.ts";
import { Alert } from "../ui/states.tsx";
import { NO_ANSWER, readAnswer } from "./stream-answer.ts";

/** Streams one answer through the gateway, as a client would get it. */
export function TryIt({ token, model }: { readonly token: string; readonly model: string }): JSX.Element {
  const [prompt, setPrompt] = useState("Say hello in one sentence.");
  const [answer, setAnswer] = useState(NO_ANSWER);
  const [firstMs, setFirstMs] = useState<number | null>(null);
  const run = useMutation({
    mutationFn: async () => {
      setAnswer(NO_ANSWER);
      setFirstMs(null);
      const beganMs = performance.now();
      const body = await sendForStream("v1/messages", token, {
        model,
        max_tokens: 1024,
        stream: true,
        messages: [{ role: "user", content: prompt }],
      });
      await readAnswer(body, (next) => {
        setFirstMs((before) => before ?? performance.now() - beganMs);
        setAnswer(next);
      });
      return performance.now() - beganMs;
    },
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    run.mutate();
  };
  return (
    <section aria-labelledby="try-it">
      <h2 id="try-it">Try it</h2>
      <form class="try" onSubmit={submit}>
        <label>
          Prompt
          <textarea rows={2} required value={prompt} onInput={({ currentTarget }) => setPrompt(currentTarget.value)} />
        </label>
        <button type="submit" class="primary" disabled={token === "" || model === "" || run.isPending}>
          Send
        </button>
      </form>
      {token === "" && <p class="hint">It takes a router token, above.</p>}
      {run.error !== null && <Alert>{run.error.message}</Alert>}
      {answer.text !== "" && <p class="card answer">{answer.text}</p>}
      {run.isSuccess && (
        <p role="status" class="hint">
          First chunk after {format.duration(firstMs)}, all of it after {format.duration(run.data)}:{" "}
          {format.number(answer.inputTokens)} tokens in, {format.number(answer.outputTokens)} out.
        </p>
      )}
    </section>
  );
}
