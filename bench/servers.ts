import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

import { startChild, temporaryDirectory } from "./children.ts";
import type { Child } from "./children.ts";
import { pinned } from "./cores.ts";
import type { Cores } from "./cores.ts";
import type { Target } from "./load.ts";

/** What is compared. */
export type Variant = "bare" | "gateway";

/** A relay that runs, ready to be asked. */
export interface Relay extends Child, Target {
  readonly variant: Variant;
  /** The gateway's; empty for the bare relay. */
  readonly adminKey: string;
}

/** Starts the service behind the relays. */
export function startUpstream(): Promise<Child> {
  return startChild({ command: [process.execPath, pathOf("upstream.ts")] });
}

/** Starts the least that a relay can be. */
export async function startBareRelay(upstream: Child, cores: Cores | undefined): Promise<Relay> {
  const command = [process.execPath, pathOf("bare-relay.ts"), upstream.origin];
  return { ...(await startChild({ command: pinned(command, cores) })), variant: "bare", token: "unused", adminKey: "" };
}

/** Starts the gateway as its users do, with an empty data directory, and issues a router token. */
export async function startGateway(
  upstream: Child,
  cores: Cores | undefined,
  nodeFlags: readonly string[] = [],
): Promise<Relay> {
  const directory = temporaryDirectory();
  const adminKey = randomBytes(16).toString("hex");
  const command = [process.execPath, ...nodeFlags, pathOf("../apps/gateway/src/main.ts"), "serve"];
  const child = await startChild({
    command: pinned(command, cores),
    cwd: directory,
    env: {
      ROUTER_PORT: "0",
      DATA_DIR: `${directory}/data`,
      TOKEN_ADMIN_KEY: adminKey,
      ANTHROPIC_API_KEY: "not-a-real-key",
      UPSTREAM_BASE_URL: upstream.origin,
    },
  });
  return { ...child, variant: "gateway", adminKey, token: await issueToken(child.origin, adminKey) };
}

/** The text of `/metrics`. */
export async function scrape({ origin, adminKey }: Relay): Promise<string> {
  const answer = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`a scrape was answered with ${answer.status}: ${text}`);
  return text;
}

/** Issues a router token. */
export async function issueToken(origin: string, adminKey: string): Promise<string> {
  const answer = await fetch(`${origin}/api/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ ttl_hours: 1, label: "bench" }),
  });
  const body = await answer.text();
  const token = /"token":"(la_sk_[^"]+)"/.exec(body)?.[1];
  if (token === undefined) throw new Error(`the gateway issued no token: ${answer.status} ${body}`);
  return token;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
