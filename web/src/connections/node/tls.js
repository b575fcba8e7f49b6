// @ts-check
// Node's `tls` for programs that are bundled for the page: there is none, for their bytes never leave it.

/** @returns {never} */
export function connect() {
  throw Object.assign(new Error("ENOTSUP: the server in this page has no TLS: connect without it (redis:// and not rediss://)"), { code: "ENOTSUP" });
}

export default { connect };
