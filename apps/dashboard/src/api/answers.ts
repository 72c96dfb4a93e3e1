import * as z from "zod/mini";

// What the gateway answers, as far as the dashboard reads it. Fields that are added later do no harm.

const text = z.string();
const number = z.number();
const maybeText = z.nullable(text);
const maybeNumber = z.nullable(number);

/** `GET /v1/usage`: the totals since the gateway began. */
export const usageSchema = z.record(text, z.union([number, z.record(text, number)]));
export type Usage = z.infer<typeof usageSchema>;

const rowSchema = z.object({
  at: text,
  group: maybeText,
  label: z.optional(maybeText),
  requests: number,
  errors: number,
  input_tokens: number,
  cache_read_tokens: number,
  cache_write_tokens: number,
  output_tokens: number,
  cost_usd: number,
  unpriced: number,
  cache_hits: number,
  first_byte_ms: maybeNumber,
});
/** One step of a series, or of one group of it. */
export type SeriesRow = z.infer<typeof rowSchema>;

/** `GET /v1/usage/series` */
export const seriesSchema = z.object({ data: z.array(rowSchema) });

const stateFields = {
  state: text,
  reason: maybeText,
  ready_at: maybeText,
  failures: number,
};
const accountSchema = z.object({
  name: text,
  upstream: text,
  kind: maybeText,
  credential: text,
  ...stateFields,
  models: z.array(z.object({ model: text, ...stateFields })),
  last_failure: z.nullable(z.object({ kind: text, at: text })),
  in_flight: number,
  attempts: number,
  load_share: number,
});
export type Account = z.infer<typeof accountSchema>;

/** `GET /v1/accounts` */
export const accountsSchema = z.object({ simulated: z.optional(z.boolean()), accounts: z.array(accountSchema) });

/** `POST /api/accounts/{name}/test` */
export const accountTestSchema = z.object({
  ok: z.boolean(),
  status: maybeNumber,
  models: z.optional(number),
  duration_ms: number,
  error: maybeText,
});
export type AccountTest = z.infer<typeof accountTestSchema>;

const limitsSchema = z.record(text, z.union([number, z.array(text)]));
export type Limits = z.infer<typeof limitsSchema>;

const tokenSchema = z.object({
  id: text,
  label: text,
  account: maybeText,
  scopes: z.array(text),
  issued_at: number,
  expires_at: number,
  revoked: z.boolean(),
  limits: limitsSchema,
});
export type Token = z.infer<typeof tokenSchema>;

/** `GET /api/tokens/list` */
export const tokensSchema = z.object({ data: z.array(tokenSchema) });

const limitLeftSchema = z.object({
  limit: text,
  bound: number,
  used: number,
  left: number,
  resets_at: maybeText,
});
export type LimitLeft = z.infer<typeof limitLeftSchema>;

/** `GET /api/tokens/{id}` */
export const tokenDetailsSchema = z.extend(tokenSchema, {
  limits_left: z.array(limitLeftSchema),
  requests: number,
  cost_usd: number,
  last_used_at: maybeText,
});

/** `POST /api/tokens`: the one answer with the token itself. */
export const issuedSchema = z.object({ token: text, id: text });
export type Issued = z.infer<typeof issuedSchema>;

/** `POST /api/tokens/import` */
export const importedSchema = z.object({ imported: number, known: number });

/** Whatever the answer is. */
export const anySchema = z.unknown();

const stepSchema = z.object({
  account: maybeText,
  upstream: maybeText,
  model: maybeText,
  outcome: text,
  status: maybeNumber,
  duration_ms: maybeNumber,
});
export type TraceStep = z.infer<typeof stepSchema>;

const exchangeSchema = z.object({
  id: text,
  started_at: text,
  ended_at: text,
  duration_ms: number,
  first_byte_ms: maybeNumber,
  surface: text,
  token_id: maybeText,
  token_label: maybeText,
  account: maybeText,
  upstream: maybeText,
  attempts: number,
  requested_model: maybeText,
  model: maybeText,
  status: number,
  end: text,
  stream: z.boolean(),
  input_tokens: maybeNumber,
  cache_read_tokens: maybeNumber,
  cache_write_5m_tokens: maybeNumber,
  cache_write_1h_tokens: maybeNumber,
  cache_write_tokens: maybeNumber,
  output_tokens: maybeNumber,
  reasoning_tokens: maybeNumber,
  cost_usd: maybeNumber,
  bytes_sent: number,
  bytes_received: number,
  losses: z.array(text),
  trace: z.array(stepSchema),
});
export type Exchange = z.infer<typeof exchangeSchema>;

/** `GET /v1/usage/exchanges` */
export const exchangesSchema = z.object({ data: z.array(exchangeSchema), next: maybeText });

/** `GET /v1/models` */
export const modelsSchema = z.object({ data: z.array(z.object({ id: text })) });
