-- The start of every script after which a finished job may expire at another time.
local function is_corrected(record)  -- corrections that are undone stay at the end of the list
  return redis.call('LLEN', record .. ':edits') > tonumber(redis.call('HGET', record, 'undone') or 0)
end
local function set_expiry(record, time)  -- a job that is kept or corrected does not expire
  if redis.call('HEXISTS', record, 'kept') == 1 or is_corrected(record) then
    redis.call('HDEL', record, 'expires')
  else
    redis.call('HSETNX', record, 'expires', string.format('%.3f', time))
  end
end
