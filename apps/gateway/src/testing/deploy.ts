import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";
import { z } from "zod";

const FOLDER = new URL("../../../../deploy/", import.meta.url);

/** A file of `deploy/`. */
export function deployFile(path: string): string {
  return readFileSync(new URL(path, FOLDER), "utf8");
}

/** A folder of `deploy/` on disk. */
export function deployPath(folder: string): string {
  return fileURLToPath(new URL(folder, FOLDER));
}

/** The files of a folder of `deploy/`. */
export function deployFiles(folder: string): readonly string[] {
  return readdirSync(new URL(folder, FOLDER)).map((name) => `${folder}/${name}`);
}

/** A query of the dashboard. */
export interface DashboardQuery {
  /** Of its panel. */
  readonly title: string;
  readonly expr: string;
  readonly legend: string;
}

const dashboard = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});

/** The panels of the dashboard. */
export function dashboardPanels(): z.infer<typeof dashboard>["panels"] {
  return dashboard.parse(JSON.parse(deployFile("grafana/dashboards/router.json"))).panels;
}

/** All queries of the dashboard, as they stand in it. */
export function dashboardQueries(): readonly DashboardQuery[] {
  return dashboardPanels().flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
  );
}

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string().optional(), record: z.string().optional(), expr: z.string() })),
    }),
  ),
});

/** The rules for Prometheus: their names and expressions. */
export function rules(): readonly (readonly [name: string, expr: string])[] {
  return ruleFile
    .parse(parse(deployFile("prometheus/rules.yml")))
    .groups.flatMap((group) => group.rules.map(({ alert, record, expr }) => [alert ?? record ?? "", expr] as const));
}
