// @ts-check
// A file for the person at the page: the browser saves it where it saves downloads.

/** @param {string} name @param {string | Uint8Array<ArrayBuffer>} content */
export function saveFile(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: typeof content === "string" ? "text/plain" : "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
