import { GAUGES, HISTOGRAMS, METRICS, PROCESS_METRICS, prometheusName } from "@link-assistant/metrics";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

import { dashboardPanels, dashboardQueries, deployFile, deployFiles, rules } from "./testing/deploy.ts";

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly labels: readonly string[];
}

/** Every series that a scrape can have, with its labels. */
function exported(): Map<string, readonly string[]> {
  const named = (rows: readonly Row[], kind: string): [string, readonly string[]][] =>
    rows.map((row) => [
      prometheusName({ ...row, kind: kind === "" && "kind" in row ? String(row.kind) : kind }),
      row.labels.map((label) => label.replaceAll(".", "_")),
    ]);
  const histograms = named(Object.values(HISTOGRAMS), "histogram").flatMap(([name, labels]) => [
    [`${name}_bucket`, [...labels, "le"]] as const,
    [`${name}_sum`, labels] as const,
    [`${name}_count`, labels] as const,
  ]);
  return new Map([
    ...named(Object.values(METRICS), ""),
    ...named(Object.values(PROCESS_METRICS), ""),
    ...named(Object.values(GAUGES), "gauge"),
    ...histograms,
    ["up", []],
    ["link_assistant:errors:ratio_5m", []],
  ]);
}

const SERIES =
  /\b(?:up|link_assistant:\w+:\w+|(?:link_assistant|gen_ai|http_server|process|nodejs|v8js)_\w+)\b(?=[{[\s)]|$)/g;
const FROM_PROMETHEUS = ["instance", "job"];

/** The labels by which an expression groups. */
function groupedBy(expression: string): string[] {
  const lists = [...expression.matchAll(/\b(?:by|on|group_left) ?\(([^)]*)\)/g)];
  return lists.flatMap(([, list = ""]) => list.split(/, */));
}

/** What an expression says that is not exported: series, and labels that none of its series has. */
function unknownIn(expression: string): string[] {
  const known = exported();
  const grouped = groupedBy(expression);
  const matched = [...expression.matchAll(/[{,](\w+) ?(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);
  const withoutGroups = expression.replaceAll(/\b(?:by|on|group_left) ?\([^)]*\)/g, "");
  const names = [...withoutGroups.matchAll(SERIES)].map(([name]) => name);
  const labels = new Set([...FROM_PROMETHEUS, ...names.flatMap((name) => known.get(name) ?? [])]);
  return [
    ...names.filter((name) => !known.has(name)),
    ...(names.length === 0 ? ["no series at all"] : []),
    ...[...grouped, ...matched].filter((label) => label !== "" && !labels.has(label)),
  ];
}

describe("alert rules and the dashboard", () => {
  test.each(rules())("%s uses what is exported", (_, expr) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  test.each(dashboardQueries())("$title uses what is exported: $expr", ({ expr, legend }) => {
    expect(unknownIn(expr)).toEqual([]);
    const shown = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label = ""]) => label);
    const kept = shown.filter((label) => label === "instance" || groupedBy(expr).includes(label));
    expect(shown).toEqual(kept);
  });

  test("a name that is not exported would be found", () => {
    expect(unknownIn("sum by (model) (rate(link_assistant_request_total[5m]))")).toEqual([
      "link_assistant_request_total",
      "model",
    ]);
    expect(unknownIn('sum(rate(link_assistant_status_total{status="200"}[5m]))')).toEqual(["status"]);
    expect(unknownIn("gen_ai_client_operation_duration_bucket")).toEqual(["gen_ai_client_operation_duration_bucket"]);
  });

  test("every panel has a title of its own, and none lies over another", () => {
    const panels = dashboardPanels();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe("manifests", () => {
  const files = ["compose.yaml", "kustomization.yaml", "otel-collector.yml", ...deployFiles("kubernetes")];
  test.each(files)("%s is YAML, and no image floats", (file) => {
    for (const document of parseAllDocuments(deployFile(file))) expect(document.errors).toEqual([]);
    const images = [...deployFile(file).matchAll(/image: (\S+)/g)].map(([, image = ""]) => image);
    expect(images.filter((image) => !/:.*\d|^link-assistant-router:/.test(image))).toEqual([]);
  });

  test("Compose and Kubernetes run the same versions", () => {
    const images = (file: string): string[] =>
      [...deployFile(file).matchAll(/image: (\S+)/g)].map(([, image = ""]) => image);
    const compose = images("compose.yaml");
    const kubernetes = ["stores", "telemetry"].flatMap((name) => images(`kubernetes/${name}.yaml`));
    expect(kubernetes.toSorted()).toEqual(compose.toSorted());
  });
});
