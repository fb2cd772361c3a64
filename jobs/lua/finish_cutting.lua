-- All shots have been published.
-- ARGV: 5 fields of the record as JSON, including `shots`, 6 the length of the video in seconds, 7 what the pace keeps
--       of the videos before this one, as a factor.
local function add_pace(name, amount)
  redis.call('HSET', 'pace', name, tostring((redis.call('HGET', 'pace', name) or 0) * ARGV[7] + amount))
end
set_fields(ARGV[5])
redis.call('HSET', KEYS[2], 'state', 'predicting', 'cut', ARGV[3])
count('video_seconds', ARGV[6])
local since = redis.call('HGET', KEYS[2], 'started') or ARGV[3]
add_stage_time('splitting', since)
add_pace('bytes', redis.call('HGET', KEYS[2], 'size') or 0)
add_pace('seconds', math.max(0, ARGV[3] - since))
finish_if_complete()
acknowledge()
return 1
