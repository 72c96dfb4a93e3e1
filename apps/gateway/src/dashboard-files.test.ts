import { pathToFileURL } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { afterEach, beforeEach, expect, test } from "vitest";

import { loadFiles } from "./dashboard-files.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import type { TemporaryDirectory } from "./testing/temporary-directory.ts";

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const PAGE = "<!doctype html><title>Dashboard</title>";
const load = (): ReturnType<typeof loadFiles> => loadFiles(pathToFileURL(`${directory.path}/dist/`));

test("files that were not built are a fault that says what to do", async () => {
  await expect(load()).rejects.toMatchObject({ code: "path_unknown", message: expect.stringContaining("pnpm build") });
});

test("each file is had in the encoding that the client takes", async () => {
  directory.write("dist/index.html", PAGE);
  const page = (await load()).get("index.html");
  const texts = ["gzip, deflate, br", "gzip;q=1.0", "br;q=0, identity", ""].map((accepted) => page?.encoded(accepted));
  expect(texts.map((text) => text?.encoding)).toEqual(["br", "gzip", undefined, undefined]);
  const [br, gz, plain] = texts.map((text) => Buffer.from(text?.body ?? []));
  expect(brotliDecompressSync(br ?? "").toString()).toBe(PAGE);
  expect(gunzipSync(gz ?? "").toString()).toBe(PAGE);
  expect(plain?.toString()).toBe(PAGE);
});

test("what is named by its content stays at the client, the page is asked for again", async () => {
  directory.write("dist/index.html", PAGE);
  directory.write("dist/assets/index-1a2b.js", "export {};");
  directory.write("dist/notes.txt", "not for the web");
  const files = await load();
  expect([...files.keys()].toSorted()).toEqual(["assets/index-1a2b.js", "index.html"]);
  expect(files.get("index.html")?.headers).toMatchObject({ "cache-control": "no-cache" });
  expect(files.get("assets/index-1a2b.js")?.headers).toMatchObject({
    "cache-control": expect.stringContaining("immutable"),
    "content-type": "text/javascript; charset=utf-8",
    "content-security-policy": expect.stringContaining("default-src 'none'"),
  });
});
