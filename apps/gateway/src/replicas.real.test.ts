import { startSimulator, textTurn } from "@link-assistant/testkit";
import type { Simulator } from "@link-assistant/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openPostgresStore } from "./stores/postgres.ts";
import { missingPostgres, startPostgres } from "./testing/real-postgres.ts";
import type { RealPostgres } from "./testing/real-postgres.ts";
import { missingRedis, startRedis } from "./testing/real-redis.ts";
import type { RealRedis } from "./testing/real-redis.ts";
import { startRouter } from "./testing/router-process.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";
