// @ts-check
// The token of a page that belongs to a server beside it (`ferrous serve --redis … --page`): it comes in the address, which then
// loses it, and this tab remembers it over a reload. It says nothing of where the server is: that is this very site.

const REMEMBERED = "ferrous.live";
const ADDRESS = /^#live=([\w-]{16,100})$/;

/** The token; "" where the page stands for itself. */
export function token() {
  const [, given] = ADDRESS.exec(location.hash) ?? [];
  try {
    if (!given) return sessionStorage.getItem(REMEMBERED) ?? "";
    sessionStorage.setItem(REMEMBERED, given);
    history.replaceState(null, "", location.pathname + location.search);
  } catch {
    // A browser that keeps nothing: then it stays in the address.
  }
  return given ?? "";
}

/** Whether this page belongs to a server beside it. */
export const isBesideServer = token() !== "";

/** Whether an address brings a token, and no work. @param {string} fragment */
export const bringsToken = (fragment) => ADDRESS.test(fragment);

export function forgetToken() {
  try {
    sessionStorage.removeItem(REMEMBERED);
  } catch {
    // Then there is nothing to forget but the address.
  }
  history.replaceState(null, "", location.pathname + location.search);
}
