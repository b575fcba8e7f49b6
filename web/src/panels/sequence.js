// @ts-check
// What happens in a scenario, drawn: clients are lanes and Redis is the last one, time goes downwards, and each row stands beside
// the words that say the same. So it is as wide as a phone, and nothing is told twice to who listens.
import { html } from "../html.js";

/** @typedef {import("../contract").ScenarioStep} Step */

/** Where what happens in a row is drawn, from its top: the call, its reply, and what is no call. Pixels. */
const CALL = 11;
const REPLY = 21;
const EVENT = 14;
const HEAD = 9;
/** Pixels that all lanes share, and the widest of one. */
const ROOM = 168;
const WIDEST = 52;
/** Pixels of a letter in the heads, and of their height where they are turned. */
const LETTER = 6.6;
const TURNED = 58;

/** Kinds of steps that happen to the server, and the letter that stands for each. @type {Record<string, string>} */
const OF_SERVER = { "empty script cache": "∅", restart: "↻", failover: "⇄", eviction: "⌫" };
/** Kinds that are time that passes. */
const OF_TIME = ["advance", "before expiry", "at expiry", "after expiry"];

/**
 * How each client's lane is drawn in each row: whether it is dead, away, or in a section, before and after what happens.
 * @typedef {{ isDead: boolean, isAway: boolean, sections: number }} Standing
 * @param {string[]} clients @param {Step[]} steps @returns {{ before: Standing[], after: Standing[] }[]}
 */
export function standings(clients, steps) {
  let now = clients.map(() => ({ isDead: false, isAway: false, sections: 0 }));
  return steps.map((step) => {
    const before = now;
    const at = clients.indexOf(step.client);
    if (at >= 0 && !step.passed_over) {
      const { isDead, isAway, sections } = now[at];
      const told = (/** @type {string} */ word) => step.told.filter((text) => text.startsWith(word)).length;
      const died = step.kind === "death";
      now = now.with(at, {
        isDead: isDead || died,
        isAway: step.kind === "pause" || (isAway && step.kind !== "back"),
        sections: died ? 0 : sections + told("enters ") - told("leaves "),
      });
    }
    return { before, after: now };
  });
}

/** How wide a lane is. @param {string[]} clients */
function laneWidth(clients) {
  return Math.min(WIDEST, Math.floor(ROOM / (clients.length + 1)));
}

/** How wide all lanes are, that of Redis included. @param {string[]} clients */
export const lanesWidth = (clients) => laneWidth(clients) * (clients.length + 1);

/** The names above the lanes. @param {{ clients: string[] }} props */
export function Heads({ clients }) {
  const width = laneWidth(clients);
  const names = [...clients, "Redis"];
  const isTurned = names.some((name) => name.length * LETTER > width);
  const height = isTurned ? TURNED : 18;
  return html`<svg class="lanes heads" aria-hidden="true" width=${width * names.length} height=${height}>
    ${names.map((name, at) => {
      const x = (at + 0.5) * width;
      const shown = name.length > 11 ? `${name.slice(0, 10)}…` : name;
      return isTurned ? html`<text key=${name} x=${x} y=${height - 5} transform=${`rotate(-60 ${x} ${height - 5})`}>${shown}</text>` : html`<text key=${name} x=${x} y=${height - 6} text-anchor="middle">${shown}</text>`;
    })}
  </svg>`;
}

/** One row of lanes, as high as what is said beside it. @param {{ clients: string[], step: Step, before: Standing[], after: Standing[] }} props */
export function Row({ clients, step, before, after }) {
  const width = laneWidth(clients);
  const x = (/** @type {number} */ at) => (at + 0.5) * width;
  const middle = step.reply === null ? EVENT : CALL;
  return html`<svg class=${`lanes${step.broken ? " broken" : ""}`} aria-hidden="true" width=${width * (clients.length + 1)}>
    ${clients.map((name, at) => html`<g key=${name}>
      <${Lane} x=${x(at)} from="0" to=${middle} of=${before[at]} />
      <${Lane} x=${x(at)} from=${middle} to="100%" of=${after[at]} />
    </g>`)}
    <line class="lane redis" x1=${x(clients.length)} x2=${x(clients.length)} y1="0" y2="100%" />
    <${Happening} step=${step} from=${x(clients.indexOf(step.client))} redis=${x(clients.length)} end=${width * (clients.length + 1)} />
  </svg>`;
}

/** A piece of a client's life. @param {{ x: number, from: number | string, to: number | string, of: Standing }} props */
function Lane({ x, from, to, of: { isDead, isAway, sections } }) {
  if (isDead) return null;
  const kind = isAway ? "lane away" : sections > 0 ? "lane in-section" : "lane";
  return html`<line class=${kind} x1=${x} x2=${x} y1=${from} y2=${to} />`;
}

/** @param {{ step: Step, from: number, redis: number, end: number }} props */
function Happening({ step, from, redis, end }) {
  const { kind, passed_over: isNothing } = step;
  if (isNothing) return html`<circle class="nothing" cx=${OF_TIME.includes(kind) || kind in OF_SERVER ? redis : from} cy=${EVENT} r="3.5" />`;
  if (OF_TIME.includes(kind)) return html`<line class="time" x1="2" x2=${end - 2} y1=${EVENT} y2=${EVENT} />`;
  if (kind in OF_SERVER) return html`<circle class="event" cx=${redis} cy=${EVENT} r="8" /><text class="sign" x=${redis} y=${EVENT + 4} text-anchor="middle">${OF_SERVER[kind]}</text>`;
  if (kind === "death") return html`<path class="death" d=${`M${from - 5} ${EVENT - 5}l10 10m0 -10l-10 10`} />`;
  if (kind === "pause") return html`<path class="event-mark" d=${`M${from - 3} ${EVENT - 6}v12m6 -12v12`} />`;
  if (kind === "back") return html`<path class="event-mark filled" d=${`M${from - 4} ${EVENT - 6}v12l9 -6z`} />`;
  if (step.reply === null) return html`<circle class="turn" cx=${from} cy=${EVENT} r="4" />`;
  const isLost = kind === "lost reply";
  const there = (from + redis) / 2;
  return html`<circle class="turn" cx=${from} cy=${CALL} r="3" />
    <path class="call" d=${`M${from} ${CALL}H${redis - 2}m${-HEAD / 2} ${-HEAD / 2.6}l${HEAD / 2} ${HEAD / 2.6}l${-HEAD / 2} ${HEAD / 2.6}`} />
    ${isLost
      ? html`<path class="reply" d=${`M${redis} ${REPLY}H${there}`} /><path class="death" d=${`M${there - 4} ${REPLY - 4}l8 8m0 -8l-8 8`} />`
      : html`<path class="reply" d=${`M${redis} ${REPLY}H${from + 4}`} /><path class="reply head" d=${`M${from + 4 + HEAD / 2} ${REPLY - HEAD / 2.6}l${-HEAD / 2} ${HEAD / 2.6}l${HEAD / 2} ${HEAD / 2.6}`} />`}`;
}
