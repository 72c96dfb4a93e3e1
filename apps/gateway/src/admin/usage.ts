import { GatewayError } from "@link-assistant/core";
import type { LedgerEntry } from "@link-assistant/core";
import { FastResponse } from "srvx";

import type { Gateway } from "../gateway.ts";
import { StoreError } from "../stores/store-error.ts";
import { FORMATS, MEDIA_TYPES, acceptedFormat, written } from "../usage/formats.ts";
import type { Format } from "../usage/formats.ts";
import { allPages } from "../usage/pages.ts";
import {
  EXCHANGE_PARTS,
  QueryError,
  SERIES_PARTS,
  exchangeQuery,
  refuseOthers,
  seriesQuery,
} from "../usage/queries.ts";
import { EXCHANGE_COLUMNS, SERIES_COLUMNS, TOKEN_SERIES_COLUMNS, exchangeView, seriesView } from "../usage/views.ts";
import type { LabelOf } from "../usage/views.ts";

/** `GET /v1/usage/series`, in the format that `format`, else `Accept`, asks for. */
export function answerSeries(gateway: Gateway, parts: URLSearchParams, accept = ""): Promise<Response> {
  return asked(gateway, async () => {
    refuseOthers(parts.keys(), SERIES_PARTS);
    const query = seriesQuery((name) => parts.get(name) ?? undefined, gateway.now());
    const format = formatOf(parts, accept);
    const rows = (await gateway.store.ledger.series(query)).map((row) =>
      labelled(gateway, query.groupBy, seriesView(row)),
    );
    const columns = query.groupBy === "token" ? TOKEN_SERIES_COLUMNS : SERIES_COLUMNS;
    if (format !== "json") return exported("usage-series", format, written(format, columns, pagesOf(rows)));
    return json({
      from: new Date(query.fromMs).toISOString(),
      to: new Date(query.toMs).toISOString(),
      step_seconds: query.stepMs / 1000,
      group: query.groupBy ?? null,
      prices: gateway.prices.version,
      data: rows,
    });
  });
}

/** `GET /v1/usage/exchanges`: a page in JSON, everything in any other format that `format`, else `Accept`, asks for. */
export function answerExchanges(gateway: Gateway, parts: URLSearchParams, accept = ""): Promise<Response> {
  return asked(gateway, async () => {
    refuseOthers(parts.keys(), EXCHANGE_PARTS);
    const query = exchangeQuery((name) => parts.get(name) ?? undefined, gateway.now());
    const format = formatOf(parts, accept);
    const labelOf = (id: string): string | undefined => gateway.tokens.get(id)?.label;
    const { ledger } = gateway.store;
    if (format === "json") {
      const { entries, next } = await ledger.exchanges(query);
      return json({ data: entries.map((entry) => exchangeView(entry, labelOf)), next });
    }
    // The first page is asked for before the answer begins, so that what is wrong has its status.
    const pages = allPages(ledger, query);
    const first = await pages.next();
    const views = viewsOf(first.done === true ? [] : first.value, pages, labelOf);
    return exported("usage-exchanges", format, written(format, EXCHANGE_COLUMNS, views));
  });
}

async function* viewsOf(
  first: readonly LedgerEntry[],
  rest: AsyncIterable<readonly LedgerEntry[]>,
  labelOf: LabelOf,
): AsyncGenerator<object[]> {
  yield first.map((entry) => exchangeView(entry, labelOf));
  for await (const page of rest) yield page.map((entry) => exchangeView(entry, labelOf));
}

/** Groups of tokens are ids; their labels are for people, `null` where there is no token or none of this id. */
function labelled(gateway: Gateway, groupBy: string | undefined, row: ReturnType<typeof seriesView>): object {
  if (groupBy !== "token") return row;
  return { ...row, label: gateway.tokens.get(row.group ?? "")?.label ?? null };
}

/** A question that cannot be understood is the caller's, a store that cannot be asked is not. */
async function asked(gateway: Gateway, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof QueryError) throw new GatewayError("request_invalid", { detail: error.message });
    if (error instanceof RangeError) throw new GatewayError("request_invalid", { detail: `${error.message}.` });
    if (!(error instanceof StoreError)) throw error;
    gateway.log.error({ err: error }, "the ledger could not be asked");
    throw new GatewayError("store_unavailable");
  }
}

function formatOf(parts: URLSearchParams, accept: string): Format {
  const asked = parts.get("format") ?? acceptedFormat(accept);
  const format = FORMATS.find((each) => each === asked);
  if (format === undefined) throw new QueryError(`\`format\`: expected one of ${FORMATS.join(", ")}.`);
  return format;
}

async function* pagesOf(rows: readonly object[]): AsyncGenerator<readonly object[]> {
  yield rows;
}

function json(body: object): Response {
  return new FastResponse(JSON.stringify(body), { headers: { "content-type": MEDIA_TYPES.json } });
}

function exported(name: string, format: "ndjson" | "csv", texts: AsyncGenerator<string>): Response {
  const body = streamOf(texts);
  const headers = {
    "content-type": MEDIA_TYPES[format],
    "content-disposition": `attachment; filename="${name}.${format}"`,
  };
  return new FastResponse(body, { headers });
}

/** Texts as a stream that is made no faster than it is read. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}
