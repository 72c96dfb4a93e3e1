import { DIALECT_IDS, LOSSES } from "@link-assistant/translator";
import type { DialectId, LossRow } from "@link-assistant/translator";

const HEAD = `# What translation loses

<!-- Written from the code by \`pnpm docs\`; change \`packages/translator/src/loss-table.ts\` instead. -->

A request and its answer are translated when a client and an upstream speak different dialects. What both dialects have is carried exactly;
these tables name everything that is not, or not always: it may depend on the model and its upstream. Nothing else is lost.

- **adapted**: something else is said in its place. It is noted.
- **dropped**: nothing is said in its place. It is noted; in strict mode the request is refused instead (an answer never is).
- **hint dropped**: as dropped, but it could not change what the answer says, so that strict mode lets it go.
- **rejected**: the request is refused in either mode, in the client's own form of an error, before any upstream is asked: the answer would
  be to another question.

Each loss is noted once for an exchange, by its code. Codes and field names are a closed set, fit for the labels of a metric.
`;

const NAMES: Readonly<Record<DialectId, string>> = {
  "anthropic-messages": "Anthropic Messages",
  "openai-chat": "OpenAI Chat Completions",
  "openai-responses": "OpenAI Responses",
};

const SECTIONS: readonly (readonly [when: LossRow["when"], title: (client: string, upstream: string) => string])[] = [
  ["request", (client, upstream) => `Requests in ${client}, for an upstream of ${upstream}`],
  ["answer", (client, upstream) => `Answers of ${upstream}, for a client of ${client}`],
];

/** \`docs/translation-losses.md\` */
export function translationLosses(): string {
  const pairs = DIALECT_IDS.flatMap((client) =>
    DIALECT_IDS.filter((upstream) => upstream !== client).map((upstream) => pairText(client, upstream)),
  );
  return HEAD + pairs.join("");
}

function pairText(client: DialectId, upstream: DialectId): string {
  const sections = SECTIONS.map(([when, title]) => {
    const [from, to] = when === "request" ? [client, upstream] : [upstream, client];
    return `\n### ${title(NAMES[client], NAMES[upstream])}\n\n${table(when, from, to)}`;
  });
  return `\n## ${NAMES[client]} → ${NAMES[upstream]}\n${sections.join("")}`;
}

function table(when: LossRow["when"], from: DialectId, to: DialectId): string {
  const lines = Object.entries<LossRow>(LOSSES).flatMap(([code, row]) => {
    const field = row.fields[from];
    const isLost = row.when === when && field !== undefined && row.to.includes(to);
    return isLost ? [`| \`${field}\` | ${outcomeOf(row)} | ${row.reason} | \`${code}\` |\n`] : [];
  });
  return `| field | outcome | what becomes of it | code |\n| --- | --- | --- | --- |\n${lines.join("")}`;
}

function outcomeOf({ outcome, hint }: LossRow): string {
  return hint === true ? `hint ${outcome}` : outcome;
}
