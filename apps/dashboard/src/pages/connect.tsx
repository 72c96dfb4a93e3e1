import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { gatewayUrl } from "../api/client.ts";
import { useModels } from "../api/queries.ts";
import { knownToken } from "../connect/known-token.ts";
import { CLIENTS } from "../connect/snippets.ts";
import { TryIt } from "../connect/try-it.tsx";
import { CopyText } from "../ui/copy.tsx";
import { Page } from "../ui/page.tsx";
import { Alert, messageOf } from "../ui/states.tsx";

const USUAL_MODEL = "claude-sonnet-5-5";
const NO_TOKEN = "la_sk_…";

/** The lines that connect a client, and a try. */
export function Connect(): JSX.Element {
  const [clientId, setClientId] = useState("claude-code");
  const [token, setToken] = useState(knownToken);
  const [model, setModel] = useState(USUAL_MODEL);
  const client = CLIENTS.find(({ id }) => id === clientId);
  const connection = { url: gatewayUrl(), token: token === "" ? NO_TOKEN : token, model };
  return (
    <Page title="Connect">
      <div role="group" aria-label="Client" class="choice">
        {CLIENTS.map(({ id, title }) => (
          <button key={id} type="button" aria-pressed={id === clientId} onClick={() => setClientId(id)}>
            {title}
          </button>
        ))}
      </div>
      <ConnectionFields token={token} onToken={setToken} model={model} onModel={setModel} />
      {client?.snippets(connection).map(({ where, text }) => (
        <section key={where}>
          <h2>{where}</h2>
          <CopyText text={text} label={`${client.title}: ${where}`} />
        </section>
      ))}
      <TryIt token={token} model={model} />
    </Page>
  );
}

interface ConnectionFieldsProps {
  readonly token: string;
  readonly onToken: (token: string) => void;
  readonly model: string;
  readonly onModel: (model: string) => void;
}

function ConnectionFields({ token, onToken, model, onModel }: ConnectionFieldsProps): JSX.Element {
  const models = useModels(token);
  return (
    <div class="filters">
      <label>
        Router token
        <input
          type="password"
          autoComplete="off"
          value={token}
          placeholder={NO_TOKEN}
          onChange={({ currentTarget }) => onToken(currentTarget.value.trim())}
        />
      </label>
      <label>
        Model
        <input list="models" value={model} onInput={({ currentTarget }) => onModel(currentTarget.value.trim())} />
        <datalist id="models">
          {(models.data ?? []).map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
      </label>
      {token === "" && <p class="hint">Paste a token, or issue one under Tokens: it is then filled in here.</p>}
      {models.error !== null && <Alert>{messageOf(models.error)}</Alert>}
    </div>
  );
}
