// @ts-check
// Tells Python how much stack it really has. Pyodide gives CPython ten megabytes in the WebAssembly memory, but the
// JavaScript engine's own stack ends long before: then a deep recursion, or the mere freeing of a long chain of tables,
// is no RecursionError but the death of the worker. With the limit below CPython notices in time, raises a
// RecursionError, and frees chains in steps. Measured with Pyodide 314 on V8, whose stack is 984 kB: at 70 kB chains of
// 100,000 tables are freed within 600 kB of it, at 100 kB only just (more than 700 kB, and more than there is where other
// calls lie below). From 65 kB down Python's own compiler has too little. Chains of nothing but lists, tuples, exceptions
// or partials use none of the memory that CPython watches: 6,000 of them are fatal whatever stands here, so the engine
// makes none.

const STACK_BYTES = 70_000;

/** @param {any} python what loadPyodide answered */
export function protectStack(python) {
  const { _module: runtime } = python;
  const end = runtime._emscripten_stack_get_base();
  runtime._PyUnstable_ThreadState_SetStackProtection(runtime._PyThreadState_Get(), end - STACK_BYTES, STACK_BYTES);
}
