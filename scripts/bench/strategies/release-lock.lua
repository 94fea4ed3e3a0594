--[[
  Releases a lock, where its caller still holds it.

  KEYS
    1  the lock; also the channel on which its release is announced
  ARGV
    1  who holds it
    2  1 where the release is to be announced

  Reads    the lock
  Writes   the lock: it is deleted
  Returns  0
]]
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  if ARGV[2] == '1' then redis.call('PUBLISH', KEYS[1], '') end
end
return 0
