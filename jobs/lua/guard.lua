-- What every script begins with that changes a job because of an entry; stands behind owned.lua.
-- KEYS: 1 the entry's stream, 2 job:<id>, 3 job:<id>:shots, 4 job:<id>:predictions, 5 job:<id>:paths, 6 metrics,
--       7 the stream that the script adds to.
-- ARGV: 1 entry id, 2 consumer, 3 now, 4 seconds to keep a finished job, 5... the script's own.
-- Returns 1 when done, 0 when another consumer owns the entry, -1 when the job is gone or finished.
local function running()
  local state = redis.call('HGET', KEYS[2], 'state')
  return state == 'queued' or state == 'splitting' or state == 'predicting'
end
local function count(what, number)
  redis.call('HINCRBYFLOAT', KEYS[6], what, tostring(number))
end
local function spent(stage, since)
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
  for k = 2, 5 do redis.call('EXPIRE', KEYS[k], ARGV[4]) end
  if redis.call('HEXISTS', KEYS[2], 'callback') == 1 then
    redis.call('XADD', 'webhooks', '*', 'job', string.sub(KEYS[2], 5))
  end
end
local function finish_if_complete()  -- every head that the job was given has spoken on every shot
  local total = redis.call('HGET', KEYS[2], 'shots')
  if total and redis.call('HLEN', KEYS[4]) >= total * #heads() then
    redis.call('HSET', KEYS[2], 'progress', '1')
    spent('predicting', redis.call('HGET', KEYS[2], 'cut') or ARGV[3])
    finish('done')
  end
end
if not owned() then return 0 end
if not running() then settle() return -1 end
