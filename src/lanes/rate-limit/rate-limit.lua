--[[
  Adds what one process let in to a user's counts, and returns the counts of all processes.

  KEYS
    1  the user's counts: a hash of counts by slot
  ARGV
    1  the oldest slot that counts
    2  how long the hash is kept, in ms
    then slots, each followed by what to add to it

  Reads    the hash
  Writes   the hash: slots are raised, and those that no longer count are deleted
  Returns  all slots that count, each followed by its count
]]
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local counts = redis.call('HGETALL', KEYS[1])
local kept = {}
for i = 1, #counts, 2 do
  if tonumber(counts[i]) < tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], counts[i])
  else
    table.insert(kept, tonumber(counts[i]))
    table.insert(kept, tonumber(counts[i + 1]))
  end
end
return kept
