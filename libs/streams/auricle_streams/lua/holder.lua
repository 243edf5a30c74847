-- Put before every other script: who holds a pending entry now, or false. An entry that was deleted is nobody's.
local function holder(stream, group, id)
  local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
  if pending.err or not pending[1] then return false end
  if #redis.call('XRANGE', stream, id, id) == 0 then
    redis.call('XACK', stream, group, id)
    return false
  end
  return pending[1][2]
end
