-- Writes progress and some shots, and enqueues these for the workers of every network that the job's heads need.
-- ARGV: 5 fields of the record as JSON, 6 the shots as JSON {first frame: text}, 7 their camera paths in the same form,
--       8 the stream of each head as JSON, 9 the first frames of the shots, separated by commas.
set_fields(ARGV[5])
local new = 0
for first, shot in pairs(cjson.decode(ARGV[6])) do new = new + redis.call('HSET', KEYS[3], first, shot) end
for first, path in pairs(cjson.decode(ARGV[7])) do redis.call('HSET', KEYS[5], first, path) end
count('shots:splitting', new)
if ARGV[9] == '' then return 1 end
local streams, heads_by_stream = cjson.decode(ARGV[8]), {}
for _, head in ipairs(heads()) do
  local stream = streams[head]
  local others = heads_by_stream[stream]
  heads_by_stream[stream] = others and others .. ',' .. head or head
end
local job, request = string.sub(KEYS[2], 5), redis.call('HGET', KEYS[2], 'request') or ''
for stream, names in pairs(heads_by_stream) do
  redis.call('XADD', stream, '*', 'job', job, 'request', request, 'heads', names, 'shots', ARGV[9])
end
return 1
