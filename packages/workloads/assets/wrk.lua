-- Gives each request a nonce: thread and counter behind the prefix in the TARGET's query.
-- Arguments: PREFIX [REQUESTS THINK_MS]: with the latter two, one thread makes exactly so many requests,
-- each connection one every THINK_MS, and wrk ends when all are answered.
local counter, threads = 0, 0
local NEVER_MS = 3600000
function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end
function init(args)
  prefix = args[1]
  if args[2] == nil then return end
  local limit, think, begun, answered = tonumber(args[2]), tonumber(args[3]), 0, 0
  function delay()
    begun = begun + 1
    return begun > limit and NEVER_MS or think
  end
  function response()
    answered = answered + 1
    if answered == limit then wrk.thread:stop() end
  end
end
function request()
  counter = counter + 1
  return wrk.format("GET", wrk.path .. "?n=" .. prefix .. id .. "-" .. counter)
end
