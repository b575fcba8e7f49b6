// The engines measured side by side in one page. Each is a function that starts the engine and answers a second one,
// which makes a Lua source ready and answers a third one, which runs it and answers its result as a number.
import { Buffer } from "buffer";
import { lauxlib, lua, lualib, to_luastring } from "fengari-web";
import { LuaWasmEngine } from "lua-redis-wasm";
import { LuaFactory } from "wasmoon";
import { protectStack } from "../../web/src/worker/stack.js";
import { loadPyodide } from "/node_modules/pyodide/pyodide.mjs";

globalThis.Buffer = Buffer; // lua-redis-wasm is made for Node

const ASSETS = "/benchmarks/other_engines/node_modules";

/** The translator, as the page has it: a script that is called by its SHA-1. */
async function ferrous(wheels) {
  const python = await loadPyodide({ indexURL: "/node_modules/pyodide/" });
  protectStack(python);
  await python.loadPackage(wheels);
  const start = python.runPython(`
import ferrous_vm
from ferrous_vm.limits import Limits
client = ferrous_vm.Server("translator", limits=Limits(seconds=None, memory=None)).connect()
def start(source):
    sha = client.execute(b"SCRIPT", b"LOAD", source.encode())
    return lambda: client.execute(b"EVALSHA", sha, b"0")
start`);
  return (source) => start(source);
}

async function fengari() {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  return (source) => {
    lua.lua_settop(state, 0);
    const text = to_luastring(source);
    if (lauxlib.luaL_loadbuffer(state, text, text.length, to_luastring("=benchmark"))) throw new Error(source);
    return () => {
      lua.lua_pushvalue(state, 1);
      lua.lua_call(state, 0, 1);
      const answer = lua.lua_tonumber(state, -1);
      lua.lua_settop(state, 1);
      return answer;
    };
  };
}

async function wasmoon() {
  const engine = await new LuaFactory(`${ASSETS}/wasmoon/dist/glue.wasm`).createEngine();
  return (source) => engine.doStringSync(`return function() ${source}\nend`);
}

/** C Lua 5.1 with Redis's libraries; the commands it calls are these. */
async function luaRedisWasm() {
  const keys = new Map();
  const commands = {
    INCR: ([key]) => {
      const value = (keys.get(key) ?? 0) + 1;
      keys.set(key, value);
      return value;
    },
    SET: ([key, value]) => {
      keys.set(key, value);
      return { ok: Buffer.from("OK") };
    },
    GET: ([key]) => Buffer.from(keys.get(key)),
  };
  const redisCall = (words) => {
    const [name, ...rest] = words.map((word) => word.toString("latin1"));
    return commands[name](rest);
  };
  const host = { redisCall, redisPcall: redisCall, log: () => {} };
  const engine = await LuaWasmEngine.create({
    host,
    wasmPath: `${ASSETS}/lua-redis-wasm/dist/redis_lua.wasm`,
    modulePath: `${ASSETS}/lua-redis-wasm/dist/redis_lua.mjs`,
  });
  return (source) => {
    const text = Buffer.from(source);
    return () => {
      const answer = engine.eval(text);
      if (typeof answer !== "number") throw new Error(JSON.stringify(answer));
      return answer;
    };
  };
}

const STARTERS = { ferrous, fengari, wasmoon, "lua-redis-wasm": luaRedisWasm };
const started = {};
const ready = {};

/** Starts every engine; `wheels` are the addresses of the wheels of Ferrous. */
globalThis.start = async (wheels) => {
  for (const [name, starter] of Object.entries(STARTERS)) started[name] = await starter(wheels);
};

/** Makes a source ready on an engine. */
globalThis.prepare = (name, source) => {
  ready[name]?.destroy?.();
  ready[name] = started[name](source);
};

/** Runs what was made ready: the milliseconds it took, and its answer. */
globalThis.measure = (name) => {
  const before = performance.now();
  const answer = ready[name]();
  return { milliseconds: performance.now() - before, answer: Number(answer) };
};
