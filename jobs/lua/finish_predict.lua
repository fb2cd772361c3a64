-- Some heads have spoken on some shots. What a head says that the job was not given is left out.
-- ARGV: 5 the predictions as JSON {<first frame>/<head>: text}, 6 the record's field of the model, 7 the model as JSON.
local given, new = {}, 0
for number, head in ipairs(heads()) do given[head] = number end
for field, text in pairs(cjson.decode(ARGV[5])) do
  local number = given[string.match(field, '/(.+)$')]
  if number then
    local added = redis.call('HSET', KEYS[4], field, text)
    if number == 1 then new = new + added end  -- a shot is counted once, by the first head of its job
  end
end
count('shots:predicting', new)
redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
finish_if_complete()
settle()
return 1
