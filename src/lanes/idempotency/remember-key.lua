--[[
  Remembers the first use of an idempotency key, or that a request with it was refused, where nothing is remembered yet. The
  mark of a refusal for another queue token is overwritten: with a new token the same request may be tried again.

  KEYS
    1  the key
  ARGV
    1  what to remember
    2  for how many seconds
    3  the mark of a request that was refused for the same queue token
    4  what every such mark begins with

  Reads    the key
  Writes   the key: a string with an expiry
  Returns  what was remembered before, or nil where that was nothing
]]
local found = redis.call('GET', KEYS[1])
if found and (string.sub(found, 1, #ARGV[4]) ~= ARGV[4] or found == ARGV[3]) then
  return found
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return false
