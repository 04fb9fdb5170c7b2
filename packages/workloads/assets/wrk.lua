-- Gives each request a nonce: thread and counter behind the prefix in the TARGET's query.
local counter, threads = 0, 0
function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end
function init(args)
  prefix = args[1]
end
function request()
  counter = counter + 1
  return wrk.format("GET", wrk.path .. "?n=" .. prefix .. id .. "-" .. counter)
end
