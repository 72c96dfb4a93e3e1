import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";

import { openSqliteStore } from "../sqlite.ts";

// Run as a program: `node write-records.ts <database> <count>`. Puts token records and appends ledger entries, and prints the
// id of each pair once both are durable.
const [path = "", count = ""] = process.argv.slice(2);
const store = openSqliteStore({ path, busyTimeoutMs: 10_000 });

for (let written = 0; written < Number(count); written += 1) {
  const id = randomUUID();
  await store.tokens.put({
    id,
    label: `written by ${process.pid}`,
    account: null,
    scopes: ["inference"],
    issuedAtMs: 1_700_000_000_000,
    expiresAtMs: 1_700_086_400_000,
    revokedAtMs: null,
    limits: {},
  });
  await store.ledger.append({
    id,
    startedAtMs: 1_700_000_000_000,
    durationMs: 1,
    firstByteMs: null,
    surface: "openai_responses",
    tokenId: id,
    account: null,
    upstream: null,
    attempts: 0,
    requestedModel: null,
    model: null,
    status: 503,
    end: "fault",
    stream: false,
    usage: {},
    costNanoUsd: null,
    bytesSent: 0,
    bytesReceived: 0,
    losses: [],
    trace: [],
  });
  // Without a buffer of this process in between.
  writeSync(process.stdout.fd, `${id}\n`);
}
await store.close();
