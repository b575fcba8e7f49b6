// @ts-check
// One chart drawn by uPlot: a line that goes on at its height until the next step. Fetched once there is a chart.
import Plot from "uplot";

const HEIGHT = 104;
/** Room for the figures beside the line, in pixels. */
const BESIDE = 46;
/** Between two figures of an axis of whole numbers, as steps and milliseconds are, there is one of these. */
const WHOLE = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
const FONT = "11px system-ui, sans-serif";

/** Short figures for an axis: 1.5k, 20k. */
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const SCIENTIFIC = new Intl.NumberFormat("en", { notation: "scientific", maximumFractionDigits: 1 });
const short = (/** @type {number} */ figure) => (Math.abs(figure) < 1e15 && (figure === 0 || Math.abs(figure) >= 0.01) ? SHORT : SCIENTIFIC).format(figure);

/** Times, each but once as uPlot needs them: moments of one millisecond follow each other within it, too near to be seen. @param {number[]} at */
function apart(at) {
  let same = 0;
  return at.map((time, index) => time + (same = index > 0 && time === at[index - 1] ? same + 1 : 0) / 20_000);
}

/**
 * Draws a chart into an element, as wide as that, in the colours that it has by the page's style. `mark` moves the line
 * that says where the clock stands, `redraw` is for other colours.
 * @param {HTMLElement} host @param {number[]} at @param {(number | null)[]} values
 */
export function drawChart(host, at, values) {
  const times = apart(at);
  const colour = (/** @type {"color" | "borderTopColor" | "caretColor"} */ of) => () => getComputedStyle(host)[of];
  const axis = { stroke: colour("caretColor"), font: FONT, grid: { stroke: colour("borderTopColor"), width: 1 }, ticks: { show: false } };
  const clock = document.createElement("div");
  clock.className = "clock-line";
  let marked = 0;
  const place = () => (clock.style.transform = `translateX(${Math.round(plot.valToPos(times[marked], "x"))}px)`);
  const plot = new Plot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false, range: (_, least, most) => [least, most > least ? most : least + 1] }, y: { range: (_, least, most) => Plot.rangeNum(least, most > least ? most : least + 1, 0.1, true) } },
      axes: [
        { ...axis, size: 22, gap: 2, incrs: WHOLE, values: (_, figures) => figures.map(short) },
        { ...axis, size: BESIDE, gap: 4, space: 24, incrs: values.every((value) => value === null || Number.isInteger(value)) ? WHOLE : undefined, values: (_, figures) => figures.map(short) },
      ],
      series: [{}, { stroke: colour("color"), width: 1.5, paths: Plot.paths.stepped?.({ align: 1 }), points: { show: at.length <= 60, size: 5, fill: colour("color") } }],
      hooks: { setSize: [() => queueMicrotask(place)] },
    },
    [times, values],
    host,
  );
  plot.over.append(clock);
  place();
  const observer = new ResizeObserver(() => host.clientWidth > 0 && host.clientWidth !== plot.width && plot.setSize({ width: host.clientWidth, height: HEIGHT }));
  observer.observe(host);
  return {
    mark: (/** @type {number} */ moment) => {
      marked = moment;
      place();
    },
    redraw: () => plot.redraw(false),
    remove: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}
