// Generated from pyodide_bridge/contract.py by `make contract`; do not edit.

/** Who are you? The first request, sent when the worker has loaded. */
export interface Hello {
  type: "Hello";
}

/** Answers Hello. */
export interface Welcome {
  type: "Welcome";
  engine_version: string;
  redis_version: string;
  python_version: string;
}

/** The request could not be understood or carried out; `message` is for the person at the page. */
export interface Failure {
  type: "Failure";
  message: string;
}

export interface ResponseOf {
  Hello: Welcome;
}

export type Request = Hello;
