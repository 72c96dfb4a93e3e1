import { randomUUID } from "node:crypto";

import type { AccountStateRecord, AccountStateStore, BindingStore, SharedState } from "@link-assistant/core";
import { z } from "zod";

import { onceAMinute } from "../stores/once-a-minute.ts";
import { accountStateParameters, parseAccountStateRow } from "../stores/record-rows.ts";
import { RedisConnection } from "./redis-connection.ts";
import { RedisLimits } from "./redis-limits.ts";
import type { RedisLimitsOptions } from "./redis-limits.ts";

/** How what is shared by Redis is opened. */
export interface RedisSharedOptions extends Omit<RedisLimitsOptions, "redis" | "prefix"> {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  /** What all keys and channels begin with; default `la:`. */
  readonly prefix?: string;
}

/** What replicas share by Redis: limits, bindings, states of accounts. Rejects when Redis cannot be reached at the start. */
export async function openRedisShared(options: RedisSharedOptions): Promise<SharedState> {
  const { url, prefix = "la:", ...others } = options;
  const onError = onceAMinute(others.onError);
  const redis = await RedisConnection.open(url, onError);
  const limits = new RedisLimits({ ...others, redis, prefix, onError });
  const self = randomUUID();
  return {
    limits,
    bindings: createBindings(redis, prefix, self),
    accountStates: createAccountStates(redis, prefix, self),
    close: async () => {
      await limits.close();
      redis.close();
    },
  };
}

const binding = z.tuple([z.string(), z.string(), z.string()]);

/** Bindings that are written without waiting and read when nobody here knows them. */
function createBindings(redis: RedisConnection, prefix: string, self: string): BindingStore {
  const channel = `${prefix}bindings`;
  return {
    find: async (key) => {
      const found = await redis.ask((client) => client.get(`${prefix}binding:${key}`)).catch(() => null);
      return found ?? undefined;
    },
    bind: (key, account, ttlMs) => {
      const write = redis.ask((client) =>
        client
          .multi()
          .set(`${prefix}binding:${key}`, account, { PX: Math.ceil(ttlMs) })
          .publish(channel, JSON.stringify([self, key, account]))
          .exec(),
      );
      write.catch(() => {});
    },
    watch: (listener) =>
      redis.subscribe(channel, (message) => {
        const { data } = binding.safeParse(jsonOf(message));
        if (data !== undefined && data[0] !== self) listener(data[1], data[2]);
      }),
  };
}

const announcement = z.object({ self: z.string(), row: z.record(z.string(), z.unknown()) });

/** States of accounts in one hash, told to all who listen. */
function createAccountStates(redis: RedisConnection, prefix: string, self: string): AccountStateStore {
  const key = `${prefix}accounts`;
  const parse = (text: string): AccountStateRecord => parseAccountStateRow(announcement.parse(jsonOf(text)).row, key);
  return {
    list: async () => Object.values(await redis.ask((client) => client.hGetAll(key))).map(parse),
    put: async (record) => {
      const text = JSON.stringify({ self, row: accountStateParameters(record) });
      const field = JSON.stringify([record.account, record.model]);
      await redis.ask((client) => client.multi().hSet(key, field, text).publish(key, text).exec());
    },
    watch: (listener) =>
      redis.subscribe(key, (message) => {
        const { data } = announcement.safeParse(jsonOf(message));
        if (data !== undefined && data.self !== self) listener(parseAccountStateRow(data.row, key));
      }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
