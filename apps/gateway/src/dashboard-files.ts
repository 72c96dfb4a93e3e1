import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

import { GatewayError } from "@link-assistant/core";

import { errorCode } from "./error-code.ts";

/** A file of the dashboard, ready to be served. */
export interface DashboardFile {
  readonly etag: string;
  /** All but `content-encoding`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its bytes in the best encoding that an `Accept-Encoding` takes. */
  encoded(acceptEncoding: string): { readonly body: Uint8Array<ArrayBuffer>; readonly encoding?: "br" | "gzip" };
}

const BUILT = new URL("../../dashboard/dist/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Scripts, styles and calls of this origin alone, no script in a page's text, and no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The build names these by their content. */
const IMMUTABLE = "assets/";

let loading: Promise<ReadonlyMap<string, DashboardFile>> | undefined;

/** The files by their paths below `/dashboard/`; read and compressed when they are first asked for. A fault while they are not built. */
export function dashboardFiles(): Promise<ReadonlyMap<string, DashboardFile>> {
  loading ??= loadFiles(BUILT).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Reads all files of a directory. */
export async function loadFiles(directory: URL): Promise<ReadonlyMap<string, DashboardFile>> {
  const names = await readdir(directory, { recursive: true }).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
    throw new GatewayError("path_unknown", { detail: "The dashboard is not built: run `pnpm build`." });
  });
  const known = names.map((name) => name.replaceAll("\\", "/")).filter((name) => extname(name) in TYPES);
  return new Map(await Promise.all(known.map(async (name) => [name, await load(directory, name)] as const)));
}

async function load(directory: URL, name: string): Promise<DashboardFile> {
  const plain = await readFile(new URL(name, directory));
  const [br, gz] = await Promise.all([promisify(brotliCompress)(plain), promisify(gzip)(plain)]);
  const etag = `"${createHash("sha256").update(plain).digest("base64url")}"`;
  return {
    etag,
    headers: {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "cache-control": name.startsWith(IMMUTABLE) ? "public, max-age=31536000, immutable" : "no-cache",
      // The same file in another encoding is another text of it.
      etag: `W/${etag}`,
      vary: "accept-encoding",
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
    encoded: (accepted) => {
      if (takes(accepted, "br")) return { body: br, encoding: "br" };
      return takes(accepted, "gzip") ? { body: gz, encoding: "gzip" } : { body: plain };
    },
  };
}

function takes(acceptEncoding: string, encoding: string): boolean {
  return acceptEncoding.split(",").some((part) => {
    const [name = "", ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return name === encoding && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
