import type { PostgresDatabase } from "./postgres-database.ts";
import { StoreError } from "./store-error.ts";

/** Any number that no other program locks: replicas that start together take turns. */
const LOCK = 7_283_645_120_993;

/** What makes schema n+1 of schema n, from an empty database on. Rows of released versions never change; a new one is added at the end. */
const MIGRATIONS = [
  `CREATE TABLE "tokens" (
     "id" text COLLATE "C" PRIMARY KEY,
     "label" text NOT NULL,
     "account" text,
     "scopes" text NOT NULL,
     "issuedAtMs" bigint NOT NULL,
     "expiresAtMs" bigint NOT NULL,
     "revokedAtMs" bigint,
     "limits" text NOT NULL,
     "revision" bigint NOT NULL UNIQUE
   );
   CREATE TABLE "accountStates" (
     "account" text COLLATE "C" NOT NULL,
     "model" text COLLATE "C" NOT NULL,
     "state" text NOT NULL,
     "changedAtMs" bigint NOT NULL,
     "revision" bigint NOT NULL UNIQUE,
     PRIMARY KEY ("account", "model")
   );
   CREATE TABLE ledger (
     "endedAtMs" bigint NOT NULL,
     "id" text COLLATE "C" NOT NULL,
     "startedAtMs" bigint NOT NULL,
     "durationMs" double precision NOT NULL,
     "firstByteMs" double precision,
     "surface" text NOT NULL,
     "tokenId" text,
     "account" text,
     "upstream" text,
     "attempts" bigint NOT NULL,
     "requestedModel" text,
     "model" text,
     "status" integer NOT NULL,
     "endReason" text NOT NULL,
     "stream" smallint NOT NULL,
     "input" bigint,
     "cacheRead" bigint,
     "cacheWrite5m" bigint,
     "cacheWrite1h" bigint,
     "cacheWrite" bigint,
     "output" bigint,
     "reasoning" bigint,
     "costNanoUsd" bigint,
     "bytesSent" bigint NOT NULL,
     "bytesReceived" bigint NOT NULL,
     "losses" text NOT NULL,
     "trace" text NOT NULL,
     PRIMARY KEY ("endedAtMs", "id")
   ) PARTITION BY RANGE ("endedAtMs");
   CREATE TABLE "ledgerOfOtherDays" PARTITION OF ledger DEFAULT;
   CREATE INDEX "ledgerByToken" ON ledger ("tokenId", "endedAtMs") WHERE "tokenId" IS NOT NULL;
   CREATE TABLE "spentBefore" (
     "tokenId" text COLLATE "C" PRIMARY KEY,
     "requests" bigint NOT NULL,
     "nanoUsd" bigint NOT NULL
   );`,
];

/** Brings the database to the newest schema. Throws a `StoreError` when a newer release has been there. */
export async function migratePostgres(database: PostgresDatabase): Promise<void> {
  await database.transaction(async (query) => {
    await query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await query(`CREATE TABLE IF NOT EXISTS "schemaVersion" ("version" integer NOT NULL)`);
    const { rows } = await query(`SELECT "version" FROM "schemaVersion"`);
    const version = Number(rows[0]?.["version"] ?? 0);
    if (version > MIGRATIONS.length)
      throw new StoreError("newer", database.place, `schema ${version}, known here up to ${MIGRATIONS.length}`);
    for (const step of MIGRATIONS.slice(version)) await query(step);
    await query(`DELETE FROM "schemaVersion"`);
    await query(`INSERT INTO "schemaVersion" VALUES ($1)`, [MIGRATIONS.length]);
  });
}
