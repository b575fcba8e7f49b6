// @ts-check
// Node's `fs` for programs that are bundled for the page: there are no files.

export const existsSync = () => false;

/** @returns {never} */
function refuse() {
  throw Object.assign(new Error("ENOENT: there are no files in a page"), { code: "ENOENT" });
}

export const statSync = refuse;
export const readFileSync = refuse;
export const readFile = async () => refuse();

export default { existsSync, statSync, readFileSync, readFile };
