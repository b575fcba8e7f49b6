// @ts-check
// A script that was stopped: why, after how long, where it stood and what it had done by then.
import { html } from "../html.js";
import { counted } from "../list.js";
import { linesOf } from "./log.js";
import { LineLink } from "./line_link.js";
import { duration } from "./reply.js";
import { lineOf } from "./stack.js";

/** @param {{ last: NonNullable<typeof import("../state.js").lastRun.value> }} props */
export function Stopped({ last: { ran, stopped } }) {
  const line = lineOf(ran.stack);
  const issued = ran.trace.length + ran.trace_omitted;
  return html`<p class="card note error" role="status">${stopped} It ran for ${duration(ran.milliseconds)}${line && html`, and stood on <${LineLink} line=${line} label="line " />`}; it had issued ${counted(issued, "command")}${linesOf(ran) > 0 && ` and written ${counted(linesOf(ran), "line")} to the log`}. The keyspace is as it was before the run.</p>`;
}
