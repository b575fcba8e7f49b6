// @ts-check
// What a worker gives up before it runs code from elsewhere: everything by which that code could stay in this browser when
// the page is left, or reach another part of it. Python can call whatever JavaScript finds in its global scope.

/** Names of the global scope: stores that last, and ways to a scope that still has them. */
const GLOBALS = [
  "caches",
  "indexedDB",
  "cookieStore",
  "webkitRequestFileSystem",
  "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL",
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
];

/** What Pyodide asks the navigator for. */
const OF_NAVIGATOR = ["constructor", "userAgent", "platform", "onLine", "hardwareConcurrency"];

/** Takes a name out of an object and all it inherits from. @param {object | null} from @param {PropertyKey} name */
function take(from, name) {
  for (; from; from = Object.getPrototypeOf(from)) Reflect.deleteProperty(from, name);
}

/** Gives it all up; false where this browser does not let it. */
export function giveUpWhatLasts() {
  for (const name of GLOBALS) take(self, name);
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(navigator)).filter((name) => !OF_NAVIGATOR.includes(name));
  for (const name of names) take(navigator, name);
  return !GLOBALS.some((name) => name in self) && !names.some((name) => name in navigator);
}
