// @ts-check
// Tells Python how much stack it really has. Pyodide gives CPython ten megabytes in the WebAssembly memory, but the
// JavaScript engine's own stack ends long before: then a deep recursion, or the mere freeing of a long chain of tables,
// is no RecursionError but the death of the worker. With the limit below CPython notices in time, raises a
// RecursionError, and frees chains in steps. Measured with Pyodide 314 on V8, whose stack is 984 kB, with chains of 100,000
// tables and with an __index that is a function and looks up again (200 deep is Lua's limit):
//     70 kB  chains need 510 kB  105 look-ups     90 kB  chains need 790 kB  145 look-ups
//     95 kB  chains need 870 kB  155 look-ups    100 kB  chains need 970 kB  165 look-ups
// The last left too little: what a chain needs hangs a little on what else lies on the stack. Chains of nothing but lists,
// tuples, exceptions or partials use none of the memory that CPython watches: 6,000 of them are fatal whatever stands
// here, so the engine makes none.

const STACK_BYTES = 95_000;

/** @param {any} python what loadPyodide answered */
export function protectStack(python) {
  const { _module: runtime } = python;
  const end = runtime._emscripten_stack_get_base();
  runtime._PyUnstable_ThreadState_SetStackProtection(runtime._PyThreadState_Get(), end - STACK_BYTES, STACK_BYTES);
}
