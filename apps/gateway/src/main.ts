#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { run } from "./cli/run.ts";

const { version }: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

// Whoever reads only a part of what is printed, as `head` does, wants no more of it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await run({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  version,
  terminal: {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
});
