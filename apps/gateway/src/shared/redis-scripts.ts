/**
 * What a token's leases and windows go through, each step at once or not at all. Keys of one token share a hash tag, so they lie in one
 * place of a cluster. KEYS: the leases by the time they run out (a sorted set), what each has reserved (a hash), then for each allowance
 * what was used and what is reserved. Times are Redis's own, for the clocks of replicas differ. Amounts are whole numbers below 2^53.
 */

/** Gives back what leases that have run out had reserved. */
const PRUNE = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function release(lease)
  local amounts = redis.call("HGET", KEYS[2], lease)
  if amounts then
    for key, amount in string.gmatch(amounts, "(%S+)=(%d+)") do
      if redis.call("EXISTS", key) == 1 then redis.call("DECRBY", key, amount) end
    end
    redis.call("HDEL", KEYS[2], lease)
  end
  return redis.call("ZREM", KEYS[1], lease)
end
for _, lease in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now)) do release(lease) end
`;

/**
 * ARGV: lease, its length in ms, most leases at once or -1, then for each allowance: bound, amount, ms to keep its counts, what was used
 * before or -1 where that is not known. Answers `ok`; `concurrent`; `used` or `seed` with the number of the allowance.
 */
export const ADMIT = `${PRUNE}
local most = tonumber(ARGV[3])
if most >= 0 and redis.call("ZCARD", KEYS[1]) >= most then return {"concurrent", 0} end
local count = (#ARGV - 3) / 4
for index = 1, count do
  local at = 3 + (index - 1) * 4
  local used = KEYS[2 + index]
  if redis.call("EXISTS", used) == 0 then
    if ARGV[at + 4] == "-1" then return {"seed", index} end
    redis.call("SET", used, ARGV[at + 4], "PX", ARGV[at + 3])
  end
end
for index = 1, count do
  local at = 3 + (index - 1) * 4
  local sum = tonumber(redis.call("GET", KEYS[2 + index])) + tonumber(redis.call("GET", KEYS[2 + count + index]) or "0")
  if sum >= tonumber(ARGV[at + 1]) then return {"used", index} end
end
local amounts = {}
for index = 1, count do
  local at = 3 + (index - 1) * 4
  local reserved = KEYS[2 + count + index]
  redis.call("INCRBY", reserved, ARGV[at + 2])
  redis.call("PEXPIRE", reserved, ARGV[at + 3])
  amounts[index] = reserved .. "=" .. ARGV[at + 2]
end
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call("HSET", KEYS[2], ARGV[1], table.concat(amounts, " "))
redis.call("PEXPIRE", KEYS[1], 86400000)
redis.call("PEXPIRE", KEYS[2], 86400000)
return {"ok", 0}
`;

/** ARGV: lease, then for each allowance what was used. A window that nobody counts yet will be read from the ledger, this use included. */
export const SETTLE = `${PRUNE}
release(ARGV[1])
for index = 1, #ARGV - 1 do
  if redis.call("EXISTS", KEYS[2 + index]) == 1 then redis.call("INCRBY", KEYS[2 + index], ARGV[1 + index]) end
end
return 1
`;

/** ARGV: the leases' length in ms, then leases of one token that are alive. */
export const RENEW = `${PRUNE}
for index = 2, #ARGV do redis.call("ZADD", KEYS[1], "XX", now + tonumber(ARGV[1]), ARGV[index]) end
return 1
`;

/** Answers the number of leases, then what is used and reserved of each allowance; -1 where nobody counts it yet. */
export const LEFT = `${PRUNE}
local answer = { redis.call("ZCARD", KEYS[1]) }
local count = (#KEYS - 2) / 2
for index = 1, count do
  local used = redis.call("GET", KEYS[2 + index])
  local reserved = redis.call("GET", KEYS[2 + count + index]) or "0"
  answer[index + 1] = used and (tonumber(used) + tonumber(reserved)) or -1
end
return answer
`;
