// @ts-check
// The servers that are imitated, and which one a work asks for.

/** @typedef {import("./contract").SetServer["server"]} ServerName */

/** What people call each. @type {Record<ServerName, string>} */
export const SERVERS = {
  "redis-6.2": "Redis 6.2",
  "redis-7.0": "Redis 7.0",
  "redis-7.2": "Redis 7.2",
  "redis-7.4": "Redis 7.4",
  "redis-8.0": "Redis 8.0",
  "redis-8.2": "Redis 8.2",
  "redis-8.6": "Redis 8.6",
  "valkey-8.0": "Valkey 8.0",
  "valkey-8.1": "Valkey 8.1",
  "valkey-9.0": "Valkey 9.0",
  "valkey-9.1": "Valkey 9.1",
};

export const SERVER_NAMES = /** @type {ServerName[]} */ (Object.keys(SERVERS));

/** What an engine begins with. @type {ServerName} */
export const DEFAULT_SERVER = "redis-7.0";

/** Whether this Ferrous imitates it. @param {string} name @returns {name is ServerName} */
export const isServer = (name) => Object.hasOwn(SERVERS, name);

/** The server that a work runs on. @param {{ server: string }} work @returns {ServerName} */
export const serverOf = ({ server }) => (isServer(server) ? server : DEFAULT_SERVER);

/** What is told of a work that asks for a server nobody here knows; "" of others. @param {{ server: string }} work */
export const unknownServer = ({ server }) =>
  isServer(server) ? "" : ` It asks for the server ${server}, which this Ferrous does not imitate: it runs on ${SERVERS[DEFAULT_SERVER]} here.`;
