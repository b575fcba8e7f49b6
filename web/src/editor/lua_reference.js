// @ts-check
// What scripts may call besides Redis commands: Lua 5.1's library as Redis opens it, and what Redis adds.

/** @param {string} text one entry a line: signature, two spaces, a sentence */
function entries(text) {
  const lines = text.trim().split("\n").map((line) => line.trim().split(/ {2,}/));
  return Object.fromEntries(lines.map(([signature, sentence]) => [signature.split("(")[0], { signature, text: sentence }]));
}

/** By the name a script writes. @type {Record<string, { signature: string, text: string }>} */
export const LUA_REFERENCE = entries(String.raw`
  KEYS  The keys the script was called with, from 1. Every key it touches belongs here.
  ARGV  The other arguments, from 1. They are always strings: tonumber makes a number of one.
  redis.call(command, ...)  Runs a Redis command. An error ends the script with that error.
  redis.pcall(command, ...)  Runs a Redis command. An error is returned as a table with the field err.
  redis.error_reply(text)  A table that a script returns to answer an error. The first word is its code.
  redis.status_reply(text)  A table that a script returns to answer a status, such as OK.
  redis.sha1hex(text)  The SHA-1 of a string, as 40 hexadecimal digits.
  redis.log(level, ...)  Writes to the server's log: redis.LOG_DEBUG, LOG_VERBOSE, LOG_NOTICE or LOG_WARNING.
  redis.setresp(version)  The protocol of the replies redis.call gives from now on: 2, or 3 with maps, sets and doubles.
  redis.set_repl(what)  What of the script is replicated: redis.REPL_ALL, REPL_AOF, REPL_REPLICA or REPL_NONE.
  redis.replicate_commands()  Always true since Redis 7.0: effects are replicated.
  redis.acl_check_cmd(command, ...)  Whether the user may run this command.
  redis.register_function(name, callback)  Registers a function of a library; only while FUNCTION LOAD runs it.
  redis.breakpoint()  Stops the debugger at the next line; true there, false elsewhere.
  redis.debug(...)  Shows values in the debugger; nothing elsewhere.
  redis.LOG_DEBUG  0
  redis.LOG_VERBOSE  1
  redis.LOG_NOTICE  2
  redis.LOG_WARNING  3
  redis.REPL_ALL  3: replicate to replicas and to the append-only file.
  redis.REPL_AOF  1: replicate to the append-only file only.
  redis.REPL_REPLICA  2: replicate to replicas only.
  redis.REPL_SLAVE  2: the old name of redis.REPL_REPLICA.
  redis.REPL_NONE  0: replicate nothing.
  redis.REDIS_VERSION  The version of the server, as text.
  redis.REDIS_VERSION_NUM  The version of the server as a number: 0x00MMmmpp.
  cjson.encode(value)  JSON of a Lua value. An empty table becomes {}; integers beyond 2^53 lose digits.
  cjson.decode(text)  The Lua value of JSON. null becomes cjson.null, which is not nil.
  cjson.null  JSON's null. Compare with it: it is neither nil nor false.
  cjson.encode_sparse_array(convert, ratio, safe)  How arrays with holes are encoded.
  cjson.encode_number_precision(digits)  How many digits numbers get, 1 to 14.
  cjson.encode_max_depth(depth)  How deep tables may be nested.
  cjson.decode_max_depth(depth)  How deep JSON may be nested.
  cjson.encode_invalid_numbers(setting)  Whether infinities and NaN may be encoded: true, false or "null".
  cjson.decode_invalid_numbers(setting)  Whether infinities, NaN and hexadecimal numbers are read.
  cjson.encode_keep_buffer(keep)  Whether the encoder keeps its buffer between calls.
  cjson.new()  A cjson library with settings of its own.
  cmsgpack.pack(...)  MessagePack of the arguments.
  cmsgpack.unpack(text)  All values in a MessagePack string.
  cmsgpack.unpack_one(text, offset)  The next offset, -1 at the end, and one value.
  cmsgpack.unpack_limit(text, limit, offset)  The next offset and at most so many values.
  struct.pack(format, ...)  Binary data: > < = set the byte order, i4 I4 f d s c0 and others are fields.
  struct.unpack(format, text, position)  The fields of binary data, and the position after them.
  struct.size(format)  The bytes a format takes.
  bit.band(a, ...)  Bitwise and of 32-bit numbers.
  bit.bor(a, ...)  Bitwise or of 32-bit numbers.
  bit.bxor(a, ...)  Bitwise exclusive or of 32-bit numbers.
  bit.bnot(a)  Bitwise not of a 32-bit number.
  bit.lshift(a, n)  Shifted left by n bits.
  bit.rshift(a, n)  Shifted right by n bits, zeros come in.
  bit.arshift(a, n)  Shifted right by n bits, the sign stays.
  bit.rol(a, n)  Rotated left by n bits.
  bit.ror(a, n)  Rotated right by n bits.
  bit.bswap(a)  The four bytes in reverse order.
  bit.tobit(a)  A number as a signed 32-bit number.
  bit.tohex(a, digits)  A number in hexadecimal.
  tonumber(value, base)  The number a string stands for, or nil.
  tostring(value)  The value as text; numbers with 14 digits.
  type(value)  "nil", "number", "string", "boolean", "table", "function" or "thread".
  pairs(table)  Visits all keys of a table, in no promised order.
  ipairs(table)  Visits table[1], table[2], ... up to the first nil.
  next(table, key)  The next key of a table and its value.
  select(n, ...)  The arguments from the n-th on; select('#', ...) counts them.
  unpack(table, first, last)  The elements as separate values; about 8000 at most.
  pcall(f, ...)  Calls f; false and the error if it raises one.
  xpcall(f, handler)  Calls f; an error goes through the handler.
  error(message, level)  Raises an error. A table with the field err becomes the error reply.
  assert(value, message)  The value, or an error when it is false or nil.
  setmetatable(table, metatable)  Gives a table its metatable.
  getmetatable(value)  The metatable of a value.
  rawget(table, key)  table[key] without metamethods.
  rawset(table, key, value)  table[key] = value without metamethods.
  rawequal(a, b)  Equality without metamethods.
  loadstring(text, name)  Compiles text to a function, or nil and the error.
  load(function, name)  Compiles the pieces of text that a function returns; for a text there is loadstring.
  collectgarbage(option, argument)  Asks the garbage collector; "count" tells the kilobytes in use.
  gcinfo()  The kilobytes of memory in use.
  _G  The table of all globals. It is readonly, as every library is.
  _VERSION  "Lua 5.1".
  string.byte(s, first, last)  The codes of bytes.
  string.char(...)  A string of the bytes with these codes.
  string.find(s, pattern, init, plain)  Where a pattern is first found: start, end, captures.
  string.format(format, ...)  Formatted text: %d %s %q %g %x ...
  string.gmatch(s, pattern)  Visits every match of a pattern.
  string.gsub(s, pattern, replacement, n)  Replaces matches; also tells how many.
  string.len(s)  Length in bytes, as #s.
  string.lower(s)  In lower case (ASCII).
  string.match(s, pattern, init)  The captures of the first match.
  string.rep(s, n)  s repeated n times.
  string.reverse(s)  The bytes in reverse order.
  string.sub(s, first, last)  The bytes from first to last; negative counts from the end.
  string.upper(s)  In upper case (ASCII).
  string.gfind(s, pattern)  The old name of string.gmatch.
  string.dump(f)  A function as bytes; scripts cannot load them again.
  table.concat(list, separator, first, last)  The elements of a list as one string.
  table.insert(list, position, value)  Inserts before a position, or at the end without one.
  table.remove(list, position)  Takes out the element at a position, the last one without it.
  table.sort(list, less)  Sorts a list in place.
  table.getn(list)  The length of a list, as #list.
  table.maxn(table)  The greatest positive number used as a key.
  table.foreach(table, f)  Calls f with every key and value; the old form of pairs.
  table.foreachi(list, f)  Calls f with every index and element; the old form of ipairs.
  table.setn(list, n)  Raises an error: lengths can no longer be set.
  math.abs(x)  The absolute value.
  math.ceil(x)  The least integer not below x.
  math.floor(x)  The greatest integer not above x.
  math.fmod(x, y)  The remainder of x / y, with the sign of x.
  math.huge  Infinity.
  math.max(x, ...)  The greatest argument.
  math.min(x, ...)  The least argument.
  math.modf(x)  The whole and the fractional part.
  math.pow(x, y)  x to the power y, as x ^ y.
  math.random(first, last)  A pseudo-random number: the same ones in every run, unless seeded.
  math.randomseed(x)  Seeds math.random.
  math.sqrt(x)  The square root.
  math.exp(x)  e to the power x.
  math.log(x)  The natural logarithm. A second argument is ignored.
  math.log10(x)  The logarithm to base 10.
  math.mod(x, y)  The old name of math.fmod.
  math.frexp(x)  Fraction and exponent: x = fraction * 2^exponent.
  math.ldexp(fraction, exponent)  fraction * 2^exponent.
  math.pi  3.1415926535898.
  math.deg(x)  Radians in degrees.
  math.rad(x)  Degrees in radians.
  math.sin(x)  The sine of x radians.
  math.cos(x)  The cosine of x radians.
  math.tan(x)  The tangent of x radians.
  math.asin(x)  The arc sine, in radians.
  math.acos(x)  The arc cosine, in radians.
  math.atan(x)  The arc tangent, in radians.
  math.atan2(y, x)  The arc tangent of y / x, in the quadrant of the two.
  math.sinh(x)  The hyperbolic sine.
  math.cosh(x)  The hyperbolic cosine.
  math.tanh(x)  The hyperbolic tangent.
  coroutine.create(f)  A coroutine that runs f.
  coroutine.wrap(f)  A function that resumes a coroutine.
  coroutine.resume(thread, ...)  Continues a coroutine.
  coroutine.yield(...)  Suspends the running coroutine; not from the main chunk of a script.
  coroutine.status(thread)  "running", "suspended", "normal" or "dead".
  coroutine.running()  The running coroutine; nil outside one.
`);
