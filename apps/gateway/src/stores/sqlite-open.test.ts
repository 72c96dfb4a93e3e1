import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { tokenRecord } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { migrate } from "./sqlite-migrations.ts";
import { StoreError, openSqliteStore } from "./sqlite.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "open-"));
  path = join(directory, "router.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The error with which opening fails. */
function refusal(at = path): StoreError {
  try {
    void openSqliteStore({ path: at, busyTimeoutMs: 1 }).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("schema", () => {
  it("is made in an empty database", async () => {
    writeFileSync(path, "");
    const store = openSqliteStore({ path });
    expect(await store.tokens.list()).toEqual([]);
    await store.close();
    expect(versionOf(path)).toBe(2);
  });

  it("is left alone when a newer release made it", () => {
    using db = new DatabaseSync(path);
    db.exec("CREATE TABLE theirs (x); PRAGMA user_version = 7");
    expect(refusal()).toMatchObject({
      code: "newer",
      message: expect.stringMatching(/newer release .*schema 7.*backup/),
    });
    expect(versionOf(path)).toBe(7);
  });

  it("takes the steps that are missing, and none of one that fails", () => {
    using db = new DatabaseSync(path);
    migrate(db, path, ["CREATE TABLE a (x)"]);
    const steps = ["not SQL, but done already", "CREATE TABLE b (x)", "CREATE TABLE c (x); CREATE TABLE b (x)"];
    expect(() => migrate(db, path, steps)).toThrow("table b already exists");
    const tables = db.prepare("SELECT name FROM sqlite_schema ORDER BY name").all();
    expect(tables.map((row) => row["name"])).toEqual(["a", "b"]);
    expect(versionOf(path)).toBe(2);
  });
});

describe("a file that is no database of ours", () => {
  it("is refused when it is not a database", () => {
    writeFileSync(path, "These are not the pages that you are looking for.");
    expect(refusal()).toMatchObject({
      code: "corrupt",
      message: expect.stringMatching(/^The database \/.* Move it away/),
    });
  });

  it("is refused when it is cut", async () => {
    await fill();
    writeFileSync(path, readFileSync(path).subarray(0, 3000));
    expect(refusal().code).toBe("corrupt");
  });

  it("is refused when pages of the tokens are damaged", async () => {
    await fill();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x5a, 4 * 4096));
    expect(refusal().code).toBe("corrupt");
  });

  it("is refused when it has the tables of another program", () => {
    using db = new DatabaseSync(path);
    db.exec("CREATE TABLE tokens (number INTEGER)");
    expect(refusal()).toMatchObject({ code: "corrupt", message: expect.stringContaining("already exists") });
  });

  it("is left as it was", () => {
    writeFileSync(path, "x".repeat(5000));
    expect(refusal().code).toBe("corrupt");
    expect(readFileSync(path, "utf8")).toBe("x".repeat(5000));
  });
});

describe("a place that cannot be written", () => {
  it.each(["missing/router.sqlite", "file/router.sqlite", "folder"])("is refused: %s", (name) => {
    writeFileSync(join(directory, "file"), "");
    mkdirSync(join(directory, "folder"));
    const message = expect.stringContaining("Make sure that its directory exists");
    expect(refusal(join(directory, name))).toMatchObject({ code: "unwritable", message });
  });
});

describe("a locked database", () => {
  it("is refused while another process makes it", () => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN EXCLUSIVE");
    expect(refusal()).toMatchObject({ code: "locked", message: expect.stringContaining("try again") });
  });

  it("takes no token record, and takes it later", async () => {
    const store = openSqliteStore({ path, busyTimeoutMs: 1 });
    const record = tokenRecord();
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await expect(store.tokens.put(record)).rejects.toMatchObject({ name: "StoreError", code: "locked" });
    expect(await store.tokens.get(record.id)).toBeUndefined();
    other.exec("ROLLBACK");
    await store.tokens.put(record);
    expect(await store.tokens.list()).toEqual([record]);
    await store.close();
  });
});

describe("files", () => {
  const files = ["", "-wal", "-shm"];
  const modes = () => files.map((suffix) => statSync(path + suffix).mode & 0o777);

  it.each([0o000, 0o777])("can be read by the owner alone, whatever the umask (%i)", async (mask) => {
    const before = process.umask(mask);
    try {
      const store = openSqliteStore({ path });
      expect(modes()).toEqual([0o600, 0o600, 0o600]);
      await store.close();
    } finally {
      process.umask(before);
    }
  });

  it("are closed to others when they were open to them", async () => {
    const first = openSqliteStore({ path });
    for (const suffix of files) chmodSync(path + suffix, 0o644);
    const second = openSqliteStore({ path });
    expect(modes()).toEqual([0o600, 0o600, 0o600]);
    await first.close();
    await second.close();
  });

  it("are one when the store is closed", async () => {
    await fill();
    expect(files.map((suffix) => existsSync(path + suffix))).toEqual([true, false, false]);
  });
});

it("refuses a token record that it cannot read, and says which", async () => {
  const record = tokenRecord();
  const store = openSqliteStore({ path });
  await store.tokens.put(record);
  using db = new DatabaseSync(path);
  db.exec("UPDATE tokens SET scopes = 'inference root'");
  await expect(store.tokens.get(record.id)).rejects.toThrow(record.id);
  await expect(store.tokens.list()).rejects.toMatchObject({ code: "corrupt" });
  await store.close();
});

function versionOf(file: string): unknown {
  using db = new DatabaseSync(file, { readOnly: true });
  return db.prepare("PRAGMA user_version").get()?.["user_version"];
}

/** Makes a database of many pages. */
async function fill(): Promise<void> {
  const store = openSqliteStore({ path });
  for (let index = 0; index < 30; index += 1) await store.tokens.put(tokenRecord({ label: "x".repeat(1000) }));
  await store.close();
}
