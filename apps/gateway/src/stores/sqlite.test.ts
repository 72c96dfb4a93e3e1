import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { storeContract } from "@link-assistant/testkit/contracts";
import { afterAll } from "vitest";

import { openSqliteStore } from "./sqlite.ts";

const directory = mkdtempSync(join(tmpdir(), "stores-"));
afterAll(() => rmSync(directory, { recursive: true }));

let places = 0;
const openPlace = async () => openSqliteStore({ path: join(directory, `${places}.sqlite`), watchIntervalMs: 5 });
storeContract("SQLite store", async () => ((places += 1), openPlace()), openPlace);
