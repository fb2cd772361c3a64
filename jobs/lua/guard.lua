-- The start of every script that changes a job on behalf of an entry; follows expiry.lua and owned.lua.
-- KEYS: 1 the entry's stream, 2 job:<id>, 3 job:<id>:shots, 4 job:<id>:predictions, 5 job:<id>:paths, 6 metrics,
--       7 the stream of dead letters.
-- ARGV: 1 entry id, 2 consumer, 3 now, 4 seconds to keep a finished job, 5... those of the script itself.
-- Returns 1 on success, 0 if another consumer owns the entry, -1 if the job is gone or has ended.
local function running()
  local state = redis.call('HGET', KEYS[2], 'state')
  return state == 'queued' or state == 'splitting' or state == 'predicting'
end
local function count(counter, amount)
  redis.call('HINCRBYFLOAT', KEYS[6], counter, tostring(amount))
end
local function add_stage_time(stage, since)
  count('seconds:' .. stage, math.max(0, ARGV[3] - since))
  count('ends:' .. stage, 1)
end
local function heads()
  return cjson.decode(redis.call('HGET', KEYS[2], 'heads'))
end
local function set_fields(json)
  for field, value in pairs(cjson.decode(json)) do redis.call('HSET', KEYS[2], field, value) end
end
local function finish(state)
  redis.call('HSET', KEYS[2], 'state', state, 'finished', ARGV[3])
  count('jobs:' .. state, 1)
  set_expiry(KEYS[2], ARGV[3] + ARGV[4])
  if redis.call('HEXISTS', KEYS[2], 'callback') == 1 then
    redis.call('XADD', 'webhooks', '*', 'job', string.sub(KEYS[2], 5))
  end
end
local function finish_if_complete()  -- when every head of the job has predicted every shot
  local total = redis.call('HGET', KEYS[2], 'shots')
  if total and redis.call('HLEN', KEYS[4]) >= total * #heads() then
    redis.call('HSET', KEYS[2], 'progress', '1')
    add_stage_time('predicting', redis.call('HGET', KEYS[2], 'cut') or ARGV[3])
    finish('done')
  end
end
if not owned() then return 0 end
if not running() then acknowledge() return -1 end
