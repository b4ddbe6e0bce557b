-- Sends the requests of a file (see bodies.py), one after the other; arguments: the file, and
-- "again" where it may start over at its end.
local file, again

function init(arguments)
  file = assert(io.open(arguments[1], "rb"))
  again = arguments[2] == "again"
end

function request()
  local length = file:read(8)
  if not length then
    if not again then error("out of bodies: the file is too short for this machine") end
    file:seek("set")
    length = file:read(8)
  end
  return file:read(tonumber(length))
end
