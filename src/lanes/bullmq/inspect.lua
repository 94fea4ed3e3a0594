--[[
  Counts the jobs of a lane that have no outcome yet, and tells since when the oldest of them has been there. What was taken
  and not finished stands in `active`, and is older than all that waits. The oldest is at the right end of both lists.

  KEYS
    1  <start>wait
    2  <start>active
    3  <start>never, which is never written (keys.ts)
  ARGV
    1  start: what the keys of the lane begin with

  Reads    both lists, and the field timestamp of the oldest job's hash <start><id>
  Writes   nothing
  Returns  how many jobs wait, how many were taken, and the time when the oldest was added in ms since 1970; this is empty
           where there is no job, or the oldest has no hash

  Corresponds to getCounts-1.lua of BullMQ 6.7.0, which knows no times.
]]
local waiting, taken = redis.call('LLEN', KEYS[1]), redis.call('LLEN', KEYS[2])
local oldest = redis.call('LINDEX', KEYS[2], -1) or redis.call('LINDEX', KEYS[1], -1)
local since = oldest and redis.call('HGET', ARGV[1] .. oldest, 'timestamp')
return { waiting, taken, since or '' }
