// @ts-check
// Tells Python how much stack it really has. Pyodide gives CPython ten megabytes in the WebAssembly memory, but the
// JavaScript engine's own stack ends long before: then a deep recursion, or the mere freeing of a long chain of tables,
// is no RecursionError but the death of the worker. With the limit below CPython notices in time, raises a
// RecursionError, and frees chains in steps. Measured with Pyodide 314 on V8: at 100 kB chains of 100,000 tables are
// freed and about 165 nested calls from C into Python pass; above 115 kB the chains are fatal again.

const STACK_BYTES = 100_000;

/** @param {any} python what loadPyodide answered */
export function protectStack(python) {
  const { _module: runtime } = python;
  const end = runtime._emscripten_stack_get_base();
  runtime._PyUnstable_ThreadState_SetStackProtection(runtime._PyThreadState_Get(), end - STACK_BYTES, STACK_BYTES);
}
