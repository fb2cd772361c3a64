-- Writes the predictions of some heads for some shots. Those of heads that the job does not have are left out.
-- ARGV: 5 the predictions as JSON {<first frame>/<head>: text}, 6 the record's field of the model, 7 the model as JSON.
local numbers, new = {}, 0
for number, head in ipairs(heads()) do numbers[head] = number end
for field, text in pairs(cjson.decode(ARGV[5])) do
  local number = numbers[string.match(field, '/(.+)$')]
  if number then
    local added = redis.call('HSET', KEYS[4], field, text)
    if number == 1 then new = new + added end  -- each shot is counted once, with the first head of its job
  end
end
count('shots:predicting', new)
redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
finish_if_complete()
acknowledge()
return 1
