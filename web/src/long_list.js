// @ts-check
// A list of which only what is in sight is drawn (list.js), each item as high as its content.
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { useEffect, useId, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { ITEMS, placeOf } from "./list.js";

/** Pixels beyond what is in sight that are drawn, on each side. */
const OVERSCAN = 200;

/** The end stays in sight when items come, unless the person has scrolled away from it. */
const FOLLOWING = /** @type {const} */ ({ anchorTo: "end", followOnAppend: true, scrollEndThreshold: 40 });

/** Pixels that are drawn before the box has been measured. */
const FIRST_SIGHT = { width: 0, height: 600 };

/** @param {import("./list.js").ListProps} props */
export function LongList({ label, count, draw, role = "list", name = "", keyOf = (index) => index, nameOf = () => "", height = 28, columns, about = "", seen, chosen = -1, choose, open, isBusy, follows = false, empty }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** The item that has the focus inside it stays drawn, or the focus would be lost. */
  const focused = useRef(-1);
  const id = useId();
  const [, redraw] = useReducer((/** @type {number} */ drawn) => drawn + 1, 0);
  const options = {
    count,
    overscan: Math.ceil(OVERSCAN / height),
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
          ...${placeOf(role, index, count)}
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
