// @ts-check
// What bundled programs take for granted.
export { Buffer } from "buffer/";
export { default as process } from "./process.js";
