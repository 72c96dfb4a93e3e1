import { setTimeout as sleep } from "node:timers/promises";

import { Connection } from "./connection.ts";
import type { Cores } from "./cores.ts";
import { encodeRequest, inTurns } from "./load.ts";
import { residentBytes } from "./process-figures.ts";
import { CUT_STREAM, JSON_SCENARIO, SLOW_STREAM, requestBody } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { issueToken, scrape, startGateway, startUpstream } from "./servers.ts";
import type { Relay } from "./servers.ts";
import { mebibytes, table } from "./table.ts";

/** What metrics hold, and what they counted. */
export interface CountFigures {
  readonly looks: readonly Look[];
  readonly ends: readonly EndFigure[];
}

/** The gateway after so many exchanges, each with a model name of its own. */
export interface Look {
  readonly exchanges: number;
  readonly tokens: number;
  /** Lines of `/metrics` that hold a value. */
  readonly series: number;
  /** In RAM, in bytes; absent where the system does not tell. */
  readonly bytes: number | undefined;
}

/** One way in which exchanges end, and by how much `/metrics` went on. */
export interface EndFigure {
  readonly end: string;
  readonly exchanges: number;
  readonly requests: number;
  readonly errors: number;
  /** Status and count. */
  readonly statuses: string;
}

const LOOKS = 10;
/** Each asks the next thing when the last one is answered. */
const CLIENTS = Array.from({ length: 64 }, (_, index) => index);
const REST_MS = 100;
const MOST_TOKENS = 10_000;
/** Of this many model names, one exchange of each kind of end. */
const NAMES_PER_END = 50;

/** Sends this many model names through one gateway, then lets exchanges end in every way. */
export async function measureCounts(names: number, cores: Cores | undefined): Promise<CountFigures> {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream, cores);
  const looks = await lookAtNames(gateway, names);
  const ends: EndFigure[] = [];
  for (const [end, exchange] of Object.entries(ENDS))
    ends.push(await countEnds(gateway, end, exchange, Math.ceil(names / NAMES_PER_END)));
  await gateway.stop();
  await upstream.stop();
  return { looks, ends };
}

async function lookAtNames(gateway: Relay, names: number): Promise<Look[]> {
  const tokens: string[] = [];
  await inTurns(Math.min(MOST_TOKENS, names), CLIENTS, async () => {
    tokens.push(await issueToken(gateway.origin, gateway.adminKey));
  });
  const connections = CLIENTS.map(() => new Connection(gateway.origin));
  const looks: Look[] = [];
  const each = Math.ceil(names / LOOKS);
  for (let look = 1; look <= LOOKS; look += 1) {
    await inTurns(each, connections, async (connection, index) => {
      const number = (look - 1) * each + index;
      const token = tokens[number % tokens.length] ?? gateway.token;
      const scenario = { ...JSON_SCENARIO, name: `${JSON_SCENARIO.name}#${number}` };
      await connection.send(encodeRequest({ ...gateway, token }, scenario));
    });
    const { size: series } = seriesOf(await scrape(gateway));
    looks.push({ exchanges: look * each, tokens: tokens.length, series, bytes: residentBytes(gateway.pid) });
  }
  for (const connection of connections) connection.close();
  return looks;
}

type Send = (scenario: Scenario, how?: { readonly token?: string; readonly signal?: AbortSignal }) => Promise<Response>;

type Exchange = (send: Send) => Promise<unknown>;

/** One exchange of each kind of end; what cools the account down comes last. */
const ENDS: Readonly<Record<string, Exchange>> = {
  answered: async (send) => (await send(JSON_SCENARIO)).text(),
  "refused by the upstream": async (send) => (await send({ ...JSON_SCENARIO, name: "unknown" })).text(),
  "refused by the gateway": async (send) => (await send(JSON_SCENARIO, { token: "la_sk_none" })).text(),
  "left by the client": async (send) => {
    const leaving = new AbortController();
    const answer = await send(SLOW_STREAM, { signal: leaving.signal });
    leaving.abort();
    return answer.text().catch(() => {});
  },
  "cut by the upstream": async (send) => (await send(CUT_STREAM)).text().catch(() => {}),
};

async function countEnds(gateway: Relay, end: string, exchange: Exchange, exchanges: number): Promise<EndFigure> {
  const send: Send = (scenario, { token = gateway.token, ...rest } = {}) =>
    fetch(`${gateway.origin}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: requestBody(scenario).toString(),
      ...rest,
    });
  const before = seriesOf(await scrape(gateway));
  await inTurns(exchanges, CLIENTS, () => exchange(send));
  const after = await whenNothingIsUnderWay(gateway);
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const statuses = [...after.keys()].filter(
    (name) => name.startsWith("link_assistant_status_total") && grown(name) > 0,
  );
  return {
    end,
    exchanges,
    requests: grown("link_assistant_requests_total"),
    errors: grown("link_assistant_errors_total"),
    statuses: statuses.map((name) => `${grown(name)} of ${/\d+/.exec(name)?.[0]}`).join(", "),
  };
}

/** The counts once every exchange has ended: that of a client that left may end later than its connection. */
async function whenNothingIsUnderWay(gateway: Relay): Promise<Map<string, number>> {
  for (;;) {
    const series = seriesOf(await scrape(gateway));
    const underWay = [...series].filter(([name, count]) => name.startsWith("link_assistant_in_flight") && count > 0);
    if (underWay.length === 0) return series;
    await sleep(REST_MS);
  }
}

function seriesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

/** The figures for people. */
export function countsText({ looks, ends }: CountFigures): string {
  const names = table(
    ["exchanges, each with a model name of its own", "tokens", "series", "RSS MiB"],
    looks.map(({ exchanges, tokens, series, bytes }) => [
      grouped(exchanges),
      grouped(tokens),
      grouped(series),
      bytes === undefined ? "–" : mebibytes(bytes),
    ]),
  );
  const counted = table(
    ["end", "exchanges", "requests counted", "errors counted", "by status"],
    ends.map(({ end, exchanges, requests, errors, statuses }) => [
      end,
      grouped(exchanges),
      grouped(requests),
      grouped(errors),
      statuses,
    ]),
  );
  return `${names}\n${counted}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
