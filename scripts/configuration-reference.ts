import { configJsonSchema } from "@link-assistant/core";

interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
}

interface Row {
  readonly field: string;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
}

const HEAD = `# Configuration

<!-- Written from the schema by \`pnpm docs\`; change \`packages/core/src/config.ts\` instead. -->

What is set at several places counts in this order: flag of the command line, environment, \`.env\`, configuration file, default.
The file is \`router.config.yaml\`, \`.yml\`, \`.json\` or \`.ts\` in the working directory, or the one that \`--config\` names.
An unknown field, a wrong type or a secret that cannot be read stops the start with exit code 2 and the path of the field.

| field | type | default | meaning |
| --- | --- | --- | --- |
`;

const TAIL = `
## Environment

| variable | sets |
| --- | --- |
| \`ROUTER_HOST\`, \`ROUTER_PORT\` | \`server.host\`, \`server.port\` |
| \`TOKEN_SECRET\`, \`TOKEN_ADMIN_KEY\` | \`tokens.secret\`, \`tokens.adminKey\` |
| \`UPSTREAM_BASE_URL\` | \`upstreams.anthropic.baseUrl\` |
| \`DATA_DIR\` | \`dataDir\` |
| \`ANTHROPIC_API_KEY\` | an account \`anthropic\` with this API key |
| \`OPENAI_API_KEY\` | an account \`openai\` with this API key, at the upstream \`openai\` |
| \`CLAUDE_CODE_HOME\` | an account \`primary\` with this credentials directory |
| \`ADDITIONAL_ACCOUNT_DIRS\` | accounts \`account-1\`, \`account-2\`, … with these credentials directories, separated by commas |
| \`DISABLE_ANTHROPIC_API\`, \`DISABLE_OPENAI_API\`, \`DISABLE_METRICS\` | switch \`surfaces.anthropic\`, \`surfaces.openai\`, \`metrics.enabled\` off |
| \`VERBOSE\` | \`verbose\` |
| \`OTEL_*\` | the push of metrics, traces and logs, as [telemetry.md](telemetry.md) says |
`;

/** \`docs/configuration.md\` */
export function configurationReference(): string {
  const schema: SchemaNode = configJsonSchema();
  const rows = rowsOf(schema, "").map(
    (row) => `| \`${row.field}\` | ${row.type} | ${row.default} | ${row.meaning} |\n`,
  );
  return HEAD + rows.join("") + TAIL;
}

function rowsOf(node: SchemaNode, path: string): Row[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, inner]) =>
      rowsOf(inner, path === "" ? name : `${path}.${name}`),
    );
  }
  const own: Row = {
    field: path,
    type: typeOf(node),
    default: shown(node.default),
    meaning: cell(node.description ?? ""),
  };
  const { additionalProperties: entry } = node;
  if (typeof entry === "object") return [own, ...rowsOf(entry, `${path}.NAME`)];
  if (node.items?.properties !== undefined) return [own, ...rowsOf(node.items, `${path}[]`)];
  if (node.items?.oneOf === undefined) return [own];
  return [own, ...node.items.oneOf.flatMap((branch) => branchRows(branch, `${path}[]`))];
}

function branchRows(branch: SchemaNode, path: string): Row[] {
  const kind = branch.properties?.["kind"]?.const;
  return rowsOf(branch, path)
    .filter((row) => kind === "api-key" || !SHARED.has(row.field.slice(path.length + 1)))
    .map((row) => (row.field === `${path}.kind` ? { ...row, meaning: cell(branch.description ?? "") } : row));
}

/** Fields that every kind of account has; listed with the first kind only. */
const SHARED = new Set(["name", "upstream", "priority", "betas"]);

function typeOf(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(", ");
  if (node.anyOf !== undefined) return "secret";
  const bounds = node.minimum === undefined ? "" : ` ${node.minimum} to ${node.maximum ?? ""}`;
  return `${node.type ?? ""}${bounds}`;
}

/** Longer lists are named only. */
const MAX_SHOWN = 100;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) return "–";
  return text.length > MAX_SHOWN ? "a list of its own; `config check --json` shows it" : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
