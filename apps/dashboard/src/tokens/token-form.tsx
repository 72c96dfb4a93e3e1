import type { JSX } from "preact";

import { useAccounts } from "../api/queries.ts";
import { LIMIT_FIELDS } from "./limit-fields.ts";
import type { LimitTexts } from "./limit-fields.ts";

/** What a form about a token holds. */
export interface TokenDraft {
  readonly label: string;
  /** Empty: any account. */
  readonly account: string;
  readonly scopes: readonly string[];
  readonly limits: LimitTexts;
}

interface FieldsProps {
  readonly draft: TokenDraft;
  readonly onChange: (draft: TokenDraft) => void;
}

const SCOPES = [
  ["inference", "Call models"],
  ["observe", "See metrics and usage"],
] as const;

/** The fields that a new token and a changed one have in common. */
export function TokenFields({ draft, onChange }: FieldsProps): JSX.Element {
  const { data } = useAccounts();
  return (
    <>
      <label>
        Label
        <input
          value={draft.label}
          maxLength={1000}
          placeholder="Who or what it is for"
          onInput={({ currentTarget }) => onChange({ ...draft, label: currentTarget.value })}
        />
      </label>
      <label>
        Account
        <select
          value={draft.account}
          onChange={({ currentTarget }) => onChange({ ...draft, account: currentTarget.value })}
        >
          <option value="">Any</option>
          {(data?.accounts ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name} only
            </option>
          ))}
        </select>
      </label>
      <Scopes draft={draft} onChange={onChange} />
      <LimitFields draft={draft} onChange={onChange} />
    </>
  );
}

function Scopes({ draft, onChange }: FieldsProps): JSX.Element {
  const toggle = (scope: string, isOn: boolean): void =>
    onChange({ ...draft, scopes: isOn ? [...draft.scopes, scope] : draft.scopes.filter((each) => each !== scope) });
  return (
    <fieldset>
      <legend>What it may do</legend>
      {SCOPES.map(([scope, title]) => (
        <label key={scope} class="check">
          <input
            type="checkbox"
            checked={draft.scopes.includes(scope)}
            onChange={({ currentTarget }) => toggle(scope, currentTarget.checked)}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function LimitFields({ draft, onChange }: FieldsProps): JSX.Element {
  return (
    <fieldset class="grid">
      <legend>Limits: what is empty has none</legend>
      {LIMIT_FIELDS.map(({ id, title, kind, hint }) => (
        <label key={id}>
          {title}
          <input
            {...(kind === "list"
              ? {}
              : { type: "number", min: kind === "usd" ? "0.01" : "1", step: kind === "usd" ? "any" : "1" })}
            placeholder={hint}
            value={draft.limits[id] ?? ""}
            onInput={({ currentTarget }) =>
              onChange({ ...draft, limits: { ...draft.limits, [id]: currentTarget.value } })
            }
          />
        </label>
      ))}
    </fieldset>
  );
}
