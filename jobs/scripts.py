"""What becomes of a job when an entry is worked on, in Lua: each script is one atomic step."""

from jobs.queue import OWNED

# KEYS: 1 the entry's stream, 2 job, 3 shots, 4 predictions, 5 the stream of the next stage or `dead`, 6 metrics.
# ARGV: 1 entry id, 2 consumer, 3 now, 4 seconds to keep a finished job, 5... the script's own.
# All return 1 when done, 0 when another consumer owns the entry, -1 when the job is gone or finished.
_GUARD = (
    OWNED
    + """
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
local function finish(state)
  redis.call('HSET', KEYS[2], 'state', state, 'finished', ARGV[3])
  count('jobs:' .. state, 1)
  for k = 2, 4 do redis.call('EXPIRE', KEYS[k], ARGV[4]) end
  if redis.call('HEXISTS', KEYS[2], 'callback') == 1 then
    redis.call('XADD', 'webhooks', '*', 'job', string.sub(KEYS[2], 5))
  end
end
local function finish_if_complete()
  local total = redis.call('HGET', KEYS[2], 'shots')
  if total and redis.call('HLEN', KEYS[4]) >= tonumber(total) then
    redis.call('HSET', KEYS[2], 'progress', '1')
    spent('predicting', redis.call('HGET', KEYS[2], 'cut') or ARGV[3])
    finish('done')
  end
end
if not owned() then return 0 end
if not running() then settle() return -1 end
"""
)
# What people do to a job that is done. KEYS: 1 job, 2 its edits.
# ARGV: 1 the revision that was corrected, 2 the edit as JSON, or '' to take the last one away.
# Returns 1 when done, 0 when the job is at another revision by now, or gone.
EDIT = """
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return 0 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('RPOP', KEYS[2])
else
  redis.call('RPUSH', KEYS[2], ARGV[2])
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return 1
"""
# KEYS: 1 the stream, 2 job, 3 the index of all jobs, 4 what an idempotency key was used for, or ''.
# ARGV: 1 job id, 2 now, 3 the fields of the record as JSON, 4 fingerprint of the request, 5 seconds to keep KEYS[4].
# Returns the id of the job and the fingerprint that it was made of: those of an earlier job, where there is one.
CREATE = """
if KEYS[4] ~= '' then
  local known = redis.call('HMGET', KEYS[4], 'job', 'fingerprint')
  local state = known[1] and redis.call('HGET', 'job:' .. known[1], 'state')
  if state and state ~= 'cancelled' then return known end
  redis.call('HSET', KEYS[4], 'job', ARGV[1], 'fingerprint', ARGV[4])
  redis.call('EXPIRE', KEYS[4], ARGV[5])
end
local fields = cjson.decode(ARGV[3])
for field, value in pairs(fields) do redis.call('HSET', KEYS[2], field, value) end
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
redis.call('XADD', KEYS[1], '*', 'job', ARGV[1], 'request', fields.request)
return {ARGV[1], ARGV[4]}
"""
BEGIN = (
    _GUARD
    + """
if redis.call('HSETNX', KEYS[2], 'started', ARGV[3]) == 1 then
  spent('queued', string.match(ARGV[1], '^%d+') / 1000)  -- an entry's id starts with the time it came, in ms
end
redis.call('HSET', KEYS[2], 'state', 'splitting')
return 1
"""
)
# ARGV: 5 the fields of the record as JSON, 6 the shots as JSON {index: text}, 7, 8 the range [first, last) to predict
PUBLISH = (
    _GUARD
    + """
for field, value in pairs(cjson.decode(ARGV[5])) do redis.call('HSET', KEYS[2], field, value) end
local new = 0
for index, shot in pairs(cjson.decode(ARGV[6])) do new = new + redis.call('HSET', KEYS[3], index, shot) end
count('shots:splitting', new)
if ARGV[7] ~= ARGV[8] then
  local request = redis.call('HGET', KEYS[2], 'request') or ''
  redis.call('XADD', KEYS[5], '*', 'job', string.sub(KEYS[2], 5), 'request', request, 'first', ARGV[7], 'last', ARGV[8])
end
return 1
"""
)
# ARGV: 5 the fields of the record as JSON, `shots` among them, 6 the length of the video in seconds
FINISH_SPLIT = (
    _GUARD
    + """
for field, value in pairs(cjson.decode(ARGV[5])) do redis.call('HSET', KEYS[2], field, value) end
redis.call('HSET', KEYS[2], 'state', 'predicting', 'cut', ARGV[3])
count('video_seconds', ARGV[6])
spent('splitting', redis.call('HGET', KEYS[2], 'started') or ARGV[3])
finish_if_complete()
settle()
return 1
"""
)
# ARGV: 5 the predictions as JSON {index: text}, 6 the model as JSON
FINISH_PREDICT = (
    _GUARD
    + """
local new = 0
for index, text in pairs(cjson.decode(ARGV[5])) do new = new + redis.call('HSET', KEYS[4], index, text) end
count('shots:predicting', new)
redis.call('HSET', KEYS[2], 'model', ARGV[6])
finish_if_complete()
settle()
return 1
"""
)
# ARGV: 5 the error for the person, 6 the fields of the dead entry as JSON pairs, or an empty list, 7 the cause
FAIL = (
    _GUARD
    + """
redis.call('HSET', KEYS[2], 'error', ARGV[5])
finish('failed')
count('failures:' .. ARGV[7], 1)
local dead = cjson.decode(ARGV[6])
if #dead > 0 then redis.call('XADD', KEYS[5], '*', unpack(dead)) end
settle()
return 1
"""
)
# KEYS: 1 job, 2 shots, 3 predictions, 4 edits, 5 metrics, 6 the index of all jobs.
# ARGV: 1 seconds to remember that the job was deleted, 2 its id.
CANCEL = """
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'queued' or state == 'splitting' or state == 'predicting' then
  redis.call('HINCRBY', KEYS[5], 'jobs:cancelled', 1)
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[6], ARGV[2])
redis.call('HSET', KEYS[1], 'state', 'cancelled')
redis.call('EXPIRE', KEYS[1], ARGV[1])
"""
