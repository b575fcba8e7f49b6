// @ts-check
// The one list of the page. Of however many items only those in sight are drawn, each as high as its content; how many
// there are, and which of them a thing is, is told to assistive technology. The box scrolls by itself, with the keyboard
// too; in a listbox the arrows choose. Find in the browser sees only what is drawn, so a long list has a filter.
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { html } from "./html.js";

/** What the items of a box are. */
const ITEMS = /** @type {const} */ ({ list: "listitem", listbox: "option", table: "row" });

/** Items beyond what is in sight that are drawn, on each side. */
const OVERSCAN = 8;

/** Items from which on there is something to filter. */
const FEW = 20;

/** The end stays in sight when items come, unless the person has scrolled away from it. */
const FOLLOWING = /** @type {const} */ ({ anchorTo: "end", followOnAppend: true, scrollEndThreshold: 40 });

/** Pixels that are drawn before the box has been measured. */
const FIRST_SIGHT = { width: 0, height: 600 };

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

/** @param {ListProps} props */
export function List({ label, count, draw, role = "list", name = "", keyOf = (index) => index, nameOf = () => "", height = 28, columns, about = "", seen, chosen = -1, choose, open, isBusy, follows = false, empty }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** The item that has the focus inside it stays drawn, or the focus would be lost. */
  const focused = useRef(-1);
  const id = useId();
  const [, redraw] = useReducer((/** @type {number} */ drawn) => drawn + 1, 0);
  const options = {
    count,
    overscan: OVERSCAN,
    initialRect: FIRST_SIGHT,
    getItemKey: keyOf,
    estimateSize: () => height,
    getScrollElement: () => box.current,
    onChange: () => redraw(undefined),
    rangeExtractor,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    ...(follows ? FOLLOWING : {}),
  };
  const [virtual] = useState(() => new Virtualizer(/** @type {any} */ (options)));
  virtual.setOptions(/** @type {any} */ (options));
  useEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  useLayoutEffect(() => void (chosen >= 0 && virtual.scrollToIndex(chosen, { align: "auto" })), [chosen]);
  useLayoutEffect(() => (follows ? virtual.scrollToEnd() : virtual.scrollToOffset(0)), [about]);
  const { startIndex: first = 0, endIndex: last = 0 } = virtual.range ?? {};
  useEffect(() => seen?.(first, last), [first, last, count]);

  /** @param {import("@tanstack/virtual-core").Range} range */
  function rangeExtractor({ startIndex, endIndex, overscan, count: of }) {
    const from = Math.max(0, startIndex - overscan);
    const to = Math.min(of - 1, endIndex + overscan);
    const drawn = Array.from({ length: to - from + 1 }, (_, place) => from + place);
    const kept = focused.current;
    if (kept >= 0 && kept < of && (kept < from || kept > to)) kept < from ? drawn.unshift(kept) : drawn.push(kept);
    return drawn;
  }

  /** @param {FocusEvent} event */
  function focusMoved({ type, target }) {
    const item = type === "focusin" && target instanceof Element ? target.closest("[data-index]") : null;
    focused.current = item ? Number(item.getAttribute("data-index")) : -1;
  }

  const isListbox = role === "listbox";
  const place = role === "table" ? (/** @type {number} */ index) => ({ "aria-rowindex": index + 2 }) : (/** @type {number} */ index) => ({ "aria-setsize": count, "aria-posinset": index + 1 });
  return html`<div
    ref=${box}
    role=${role}
    class=${`list ${name}`}
    aria-label=${label}
    aria-busy=${isBusy}
    aria-rowcount=${role === "table" ? count + 1 : undefined}
    aria-activedescendant=${isListbox && chosen >= 0 ? `${id}-${chosen}` : undefined}
    tabindex="0"
    onKeyDown=${isListbox ? key : jump}
    onfocusin=${focusMoved}
    onfocusout=${focusMoved}
  >
    ${columns && html`<div role="row" class="titles" aria-rowindex="1">${columns}</div>`}
    <div class="list-space" role="presentation" style=${{ height: `${virtual.getTotalSize()}px` }}>
      ${virtual.getVirtualItems().map(
        ({ key: itemKey, index, start }) => html`<div
          key=${itemKey}
          id=${isListbox ? `${id}-${index}` : undefined}
          ref=${virtual.measureElement}
          data-index=${index}
          role=${ITEMS[role]}
          ...${place(index)}
          aria-selected=${isListbox ? index === chosen : undefined}
          class=${`item ${nameOf(index)}`}
          style=${{ top: `${start}px` }}
          onClick=${choose && (() => press(index))}
        >${draw(index)}</div>`,
      )}
    </div>
    ${count === 0 && empty}
  </div>`;

  /** The browser glides to an end, and stops where items turn out to be higher or lower than was guessed. @param {KeyboardEvent} event */
  function jump(event) {
    const { key, target } = event;
    if (target !== box.current || count === 0 || (key !== "Home" && key !== "End")) return;
    event.preventDefault();
    virtual.scrollToIndex(key === "End" ? count - 1 : 0, { align: key === "End" ? "end" : "start" });
  }

  /** @param {number} index */
  function press(index) {
    choose?.(index);
    open?.(index);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "Enter" && chosen >= 0) open?.(chosen);
    const inSight = Math.max(1, last - first - 1);
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: inSight, PageUp: -inSight, Home: -count, End: count });
    const step = steps[event.key];
    if (!step || count === 0) return;
    event.preventDefault();
    const from = chosen >= 0 ? chosen : first - Math.sign(step);
    choose?.(Math.max(0, Math.min(count - 1, from + step)));
  }
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
