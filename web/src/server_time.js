// @ts-check
// The server's clock as the page knows it between two answers: it goes on with the computer's, unless it is held. While
// something on the page shows how much time is left, that is drawn again every second.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { serverTime } from "./state.js";

const BEAT = 1000;
const beats = signal(0);
let listeners = 0;
let timer = 0;

/** The server's clock in Unix milliseconds. */
export function serverNow() {
  const { now, at, held } = serverTime.value;
  if (now === 0) return Date.now();
  return held === null ? now + performance.now() - at : now;
}

function listen() {
  if (listeners++ === 0) timer = setInterval(() => (beats.value += 1), BEAT);
  return () => {
    if (--listeners === 0) clearInterval(timer);
  };
}

/**
 * How long a key has still to live, as time goes by; or as it was at `now`, where that is another time than the server's.
 * @param {{ until: number, now?: number, before?: string, over?: string }} props `before` stands before it, `over` in its place when the time has come
 */
export function TimeLeft({ until, now, before = "", over = "expired" }) {
  useEffect(listen, []);
  void beats.value;
  const left = until - (now ?? serverNow());
  return html`${left < 0 ? over : before + span(left)}`;
}

/** A length of time for people. @param {number} milliseconds */
export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
