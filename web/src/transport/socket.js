// @ts-check
// The engine in a process of the machine that serves this page (pyodide_bridge/process.py): the worker's messages, through a socket.
import { forgetToken, token } from "../live_address.js";
import { pack, unpack } from "./packing.js";

/** Why a server closes a socket (ferrous_vm/live/codes.py). */
const WRONG_TOKEN = 4401;
const TOO_MANY = 4429;
const ENGINE_ENDED = 4500;

/** The address of a socket of this site. @param {string} path */
export function socketAddress(path) {
  const address = new URL(path, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  address.search = token();
  return address;
}

/** What a closed socket means to a person; "" where another may be asked for. @param {CloseEvent} closed */
export function whyClosed({ code, reason }) {
  if (code === ENGINE_ENDED) return "";
  if (code === WRONG_TOKEN) return "This address is not that of the server that runs now: open the one that it tells in its terminal.";
  if (code === TOO_MANY) return reason;
  return "The server that this page belongs to has ended, or cannot be reached.";
}

/** @type {import("./worker.js").Open} */
export function throughSocket(_, hear) {
  const socket = new WebSocket(socketAddress("engine"));
  socket.binaryType = "arraybuffer";
  /** What was asked before the socket was open. @type {Uint8Array<ArrayBuffer>[]} */
  let waiting = [];
  socket.onopen = () => {
    for (const message of waiting) socket.send(message);
    waiting = [];
  };
  socket.onmessage = ({ data }) => hear(read(data));
  socket.onclose = (closed) => hear({ type: "dead", message: "its process ended", gone: whyClosed(closed) });
  const send = (/** @type {Uint8Array<ArrayBuffer>} */ message) => (socket.readyState === WebSocket.CONNECTING ? void waiting.push(message) : socket.send(message));
  return {
    canStop: true,
    ask: ({ content, ...ask }) => send(pack(ask, content ? [content] : [])),
    stop: (last) => send(pack({ stop: last }, [])),
    end() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

/** A message as a worker would have told it: its bytes are fields. @param {ArrayBuffer} data @returns {import("./worker.js").FromWorker} */
function read(data) {
  const [{ hasContent, ...message }, ...parts] = unpack(data);
  if (message.type === "answer") return { ...message, content: hasContent ? parts[0] : null, copy: parts.slice(hasContent ? 1 : 0) };
  return message.type === "ready" ? { ...message, compiled: null } : message;
}

/** The page goes on without the server, with the engine that a browser can run. */
export function leaveServer() {
  forgetToken();
  location.reload();
}
