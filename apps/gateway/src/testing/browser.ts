import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
const DASHBOARD = fileURLToPath(new URL("../../../dashboard/", import.meta.url));

/** Whether Debian's Chromium is there. */
export function hasChromium(): boolean {
  return CHROMIUM.some((path) => existsSync(path));
}

/** Starts Chromium without a window, and so that it asks no host by itself. */
export function startChromium(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("Chromium is not installed: apt-get install chromium");
  const quiet = [
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-quic",
    "disable-gpu",
  ];
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--no-first-run", ...quiet.map((flag) => `--${flag}`)],
  });
}

/** Builds the dashboard's files, as `pnpm build` does. */
export function buildDashboard(): void {
  execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error"], { cwd: DASHBOARD });
}

/** A page of the dashboard, with everything that went wrong in it. */
export interface Watched {
  readonly page: Page;
  /** Errors of the console and of scripts, refusals of the policy among them; a refused call alone is none. */
  readonly problems: readonly string[];
  /** Hosts that were asked. */
  readonly hosts: ReadonlySet<string>;
}

/** Watches a page from its beginning. */
export function watch(page: Page): Watched {
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  return { page, problems, hosts };
}

/** The serious faults that axe finds in a page. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
