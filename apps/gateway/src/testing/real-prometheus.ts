import { z } from "zod";

import { freePort } from "./ports.ts";
import { canRun, startServer, stopServer } from "./real-server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import type { TemporaryDirectory } from "./temporary-directory.ts";
import { until } from "./until.ts";

/** A sample of a query's answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real store of metrics that answers PromQL. */
export interface RealMetricsStore extends AsyncDisposable {
  readonly url: string;
  /** What a query is answered now. */
  query(expression: string): Promise<readonly Sample[]>;
  /** What another page of its API says. */
  api(path: string): Promise<unknown>;
}

/** Whether there is a Prometheus 3 to start. */
export const hasPrometheus: boolean = canRun("prometheus", "--version");
/** Whether there is a VictoriaMetrics to start. */
export const hasVictoria: boolean = canRun("victoria-metrics", "-version");

/** Files beside the configuration, by name: rules. */
type Files = Readonly<Record<string, string>>;

/** Starts a Prometheus that scrapes these `host:port` once a second. */
export async function startPrometheus(targets: readonly string[], files: Files = {}): Promise<RealMetricsStore> {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) directory.write(name, text);
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: Object.keys(files),
    scrape_configs: [{ job_name: "scraped", static_configs: [{ targets }] }],
  };
  // JSON is YAML.
  directory.write("prometheus.yml", JSON.stringify(config));
  const port = await freePort();
  const args = [`--web.listen-address=127.0.0.1:${port}`, "--config.file=prometheus.yml", "--storage.tsdb.path=data"];
  return started({ program: "prometheus", args, port, directory, readiness: "/-/ready" });
}

/** Starts a VictoriaMetrics, which takes OTLP at `/opentelemetry/v1/metrics` and spells names as Prometheus does. */
export async function startVictoria(): Promise<RealMetricsStore> {
  const port = await freePort();
  const args = [
    `-httpListenAddr=127.0.0.1:${port}`,
    "-storageDataPath=data",
    "-opentelemetry.usePrometheusNaming",
    "-search.latencyOffset=0s",
  ];
  return started({ program: "victoria-metrics", args, port, directory: temporaryDirectory(), readiness: "/health" });
}

interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly directory: TemporaryDirectory;
  /** The path that answers 200 once it is ready. */
  readonly readiness: string;
}

async function started({ program, args, port, directory, readiness }: Start): Promise<RealMetricsStore> {
  const server = startServer(program, args, directory.path);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(url + readiness).catch(() => undefined))?.ok === true, 30_000);
  const api = async (path: string): Promise<unknown> => (await fetch(`${url}/api/v1/${path}`)).json();
  return {
    url,
    api,
    query: async (expression) => samplesOf(await api(`query?query=${encodeURIComponent(expression)}`), expression),
    [Symbol.asyncDispose]: async () => {
      await stopServer(server);
      directory[Symbol.dispose]();
    },
  };
}

const vector = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

function samplesOf(answer: unknown, expression: string): readonly Sample[] {
  const { success, data: read } = vector.safeParse(answer);
  if (!success) throw new Error(`${expression}: ${JSON.stringify(answer)}`);
  return read.data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}
