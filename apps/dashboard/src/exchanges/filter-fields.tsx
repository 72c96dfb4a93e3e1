import type { JSX } from "preact";

import { useAccounts, useTokens } from "../api/queries.ts";
import type { Filter } from "../api/queries.ts";

/** The filter that lets everything through. */
export const NO_FILTER: Filter = { status: "", model: "", account: "", token: "", surface: "", end: "", from: "" };

type Choices = readonly (readonly [value: string, title: string])[];

const TIMES: Choices = [
  ["-15m", "Last 15 minutes"],
  ["-1h", "Last hour"],
  ["-24h", "Last 24 hours"],
  ["-7d", "Last 7 days"],
  ["-30d", "Last 30 days"],
];
const STATUSES: Choices = [
  ["errors", "Errors only"],
  ...["200", "400", "401", "403", "404", "413", "429", "500", "502", "503", "529"].map((code) => [code, code] as const),
];
const SURFACES: Choices = [
  ["anthropic_messages", "Anthropic Messages"],
  ["openai_chat_completions", "OpenAI Chat Completions"],
  ["openai_responses", "OpenAI Responses"],
];
const ENDS: Choices = [
  ["complete", "Ended whole"],
  ["client_abort", "Client left"],
  ["upstream_error", "Broke off"],
  ["idle_timeout", "Fell silent"],
  ["fault", "Refused by the gateway"],
];

interface FilterProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

/** What is asked of exchanges. */
export function FilterFields({ filter, onChange }: FilterProps): JSX.Element {
  const accounts = useAccounts().data?.accounts ?? [];
  const tokens = useTokens().data?.data ?? [];
  const choose =
    (part: keyof Filter) =>
    (value: string): void => {
      const next = { ...filter, [part]: value };
      onChange(Object.values(next).every((each) => each === "") ? NO_FILTER : next);
    };
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Choice title="Time" all="All" choices={TIMES} value={filter.from} onChoose={choose("from")} />
      <Choice title="Status" all="All" choices={STATUSES} value={filter.status} onChoose={choose("status")} />
      <label>
        Model
        <input
          type="search"
          value={filter.model}
          placeholder="Its whole name"
          onChange={({ currentTarget }) => choose("model")(currentTarget.value.trim())}
        />
      </label>
      <Choice
        title="Account"
        all="All"
        choices={accounts.map(({ name }) => [name, name])}
        value={filter.account}
        onChoose={choose("account")}
      />
      <Choice
        title="Token"
        all="All"
        choices={tokens.map(({ id, label }) => [id, label === "" ? id : label])}
        value={filter.token}
        onChoose={choose("token")}
      />
      <Choice title="Surface" all="All" choices={SURFACES} value={filter.surface} onChoose={choose("surface")} />
      <Choice title="End" all="All" choices={ENDS} value={filter.end} onChoose={choose("end")} />
      <button type="button" disabled={filter === NO_FILTER} onClick={() => onChange(NO_FILTER)}>
        Clear
      </button>
    </form>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly all: string;
  readonly choices: Choices;
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

function Choice({ title, all, choices, value, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label>
      {title}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{all}</option>
        {choices.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
