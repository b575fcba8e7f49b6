// @ts-check
// The one list of the page. Of however many items only those in sight are drawn, each as high as its content; how many
// there are, and which of them a thing is, is told to assistive technology. The box scrolls by itself, with the keyboard
// too; in a listbox the arrows choose. Find in the browser sees only what is drawn, so a long list has a filter.
import { useMemo, useState } from "preact/hooks";
import { html } from "./html.js";
import { rest } from "./later.js";

/** What the items of a box are. */
export const ITEMS = /** @type {const} */ ({ list: "listitem", listbox: "option", table: "row" });

/** Items that are drawn at first. */
const MOST_AT_FIRST = 30;

/** Items from which on there is something to filter. */
const FEW = 20;

/**
 * @typedef {{
 *   label: string,
 *   count: number,
 *   draw: (index: number) => any,
 *   role?: keyof typeof ITEMS,
 *   name?: string,
 *   keyOf?: (index: number) => string | number,
 *   nameOf?: (index: number) => string,
 *   height?: number,
 *   columns?: any,
 *   about?: unknown,
 *   seen?: (first: number, last: number) => void,
 *   chosen?: number,
 *   choose?: (index: number) => void,
 *   open?: (index: number) => void,
 *   isBusy?: boolean,
 *   follows?: boolean,
 *   empty?: any,
 * }} ListProps
 * `draw` answers the content of an item; of a table cells, whose titles are `columns`. `name` is a class of the box, `nameOf`
 * that of an item; `height` what an item is guessed to measure until it is drawn, in pixels. When what it is `about` changes, the
 * list goes back to its beginning. `seen` hears which items are in sight, so that they can be fetched. A listbox has a `chosen`
 * item (-1 for none); `choose` hears of another, `open` of a click on it and of Enter. With `follows` the end stays in sight
 * when items come. `empty` stands there when there are none.
 */

/** The list; until what draws only what is in sight has come with the rest of the page, its beginning. @param {ListProps} props */
export function List(props) {
  const { LongList } = rest.value ?? {};
  return LongList ? html`<${LongList} ...${props} />` : html`<${Beginning} ...${props} />`;
}

/** Where an item stands among all. @param {keyof typeof ITEMS} role @param {number} index @param {number} count */
export const placeOf = (role, index, count) => (role === "table" ? { "aria-rowindex": index + 2 } : { "aria-setsize": count, "aria-posinset": index + 1 });

/** @param {ListProps} props */
function Beginning({ label, count, draw, role = "list", name = "", keyOf = (index) => index, nameOf = () => "", columns, isBusy, empty }) {
  const drawn = Array.from({ length: Math.min(count, MOST_AT_FIRST) }, (_, index) => index);
  return html`<div role=${role} class=${`list ${name}`} aria-label=${label} aria-busy=${isBusy} aria-rowcount=${role === "table" ? count + 1 : undefined} tabindex="0">
    ${columns && html`<div role="row" class="titles" aria-rowindex="1">${columns}</div>`}
    <div class="list-beginning" role="presentation">
      ${drawn.map((index) => html`<div key=${keyOf(index)} role=${ITEMS[role]} ...${placeOf(role, index, count)} class=${`item ${nameOf(index)}`}>${draw(index)}</div>`)}
    </div>
    ${count === 0 && empty}
  </div>`;
}

/**
 * The items that a person looks for, and the field for it; no field while there are few.
 * @template T
 * @param {string} label
 * @param {T[]} items
 * @param {(item: T) => string} words what of an item is looked at
 * @returns {{ found: T[], field: any }}
 */
export function useFilter(label, items, words) {
  const [text, setText] = useState("");
  const sought = text.trim().toLowerCase();
  const found = useMemo(() => (sought ? items.filter((item) => words(item).toLowerCase().includes(sought)) : items), [items, sought]);
  const isOffered = items.length > FEW || text !== "";
  const field = isOffered && html`<${FilterField} label=${label} text=${text} change=${setText} found=${sought ? found.length : null} />`;
  return { found, field };
}

/** `found`: how many items there are of what is sought; null while nothing is. @param {{ label: string, text: string, change: (text: string) => void, found: number | null, hidden?: boolean }} props */
export function FilterField({ label, text, change, found, hidden = false }) {
  if (hidden) return null;
  return html`<input class="filter" type="search" aria-label=${label} placeholder="Filter" spellcheck=${false} value=${text} onInput=${(/** @type {any} */ event) => change(event.target.value)} />
    <span role="status" class=${found === null ? "visually-hidden" : "quiet"}>${found === null ? "" : `${figure(found)} found`}</span>`;
}

/**
 * Numbered items, and between two whose numbers do not follow one another how many are left out.
 * @template {{ number: number }} T
 * @param {T[]} items
 * @returns {(T | { left: number })[]}
 */
export function withGaps(items) {
  return items.flatMap((item, index) => {
    const left = index > 0 ? item.number - items[index - 1].number - 1 : 0;
    return left > 0 ? [{ left }, item] : [item];
  });
}

/** What the list does not hold: how much, and the way to it where there is one. @param {{ text: string, show?: () => void }} props */
export function More({ text, show }) {
  return html`<p class="note more">${text}${show && html` <button class="small" onClick=${show}>Show more</button>`}</p>`;
}

/** A number for people: 50,000. @param {number} number */
export const figure = (number) => number.toLocaleString("en");

/** "1 key", "50,000 keys". @param {number} number @param {string} one @param {string} [many] */
export const counted = (number, one, many = `${one}s`) => `${figure(number)} ${number === 1 ? one : many}`;
