// What all drawings share: the sheet, text, and axes.
//
// A chart is what one shows of one or two films: `{ title, words, columns, rows, draw }`. `words` say what is seen,
// `columns` and `rows()` are its table, and `draw(width)` makes an SVG of so many pixels.

import { draw } from "../dom.js";

/** A sheet in which everything lies; a screen reader meets one picture with a name. */
export function sheet(width, height, name, ...children) {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return draw("svg", { class: "chart", role: "img", "aria-label": name, ...size }, ...children);
}

/** A line of text; `anchor` is the side on which it is fixed: start, middle or end. */
export function text(x, y, words, anchor = "start", kind = null) {
  return draw("text", { x: short(x), y: short(y), "text-anchor": anchor, class: kind }, words);
}

/** A box that says what it is when the pointer rests on it. */
export function box(x, y, width, height, kind, title = null) {
  const [w, h] = [width, height].map((side) => short(Math.max(0, side)));
  const said = title && draw("title", {}, title);
  return draw("rect", { x: short(x), y: short(y), width: w, height: h, class: kind }, said);
}

/** Lines across at the ticks of an upright axis, with what is written beside them. */
export function across({ at, ticks }, left, right, write) {
  return ticks.flatMap((tick) => [
    path(`M${left} ${short(at(tick))}H${right}`, "grid"),
    text(left - 6, at(tick) + 4, write(tick), "end"),
  ]);
}

/** What is written below a level axis; the outermost words stay within `left` and `right`. */
export function below({ at, ticks }, y, left, right, write) {
  const anchor = (x) => (x < left + 12 ? "start" : x > right - 16 ? "end" : "middle");
  return ticks.map((tick) => text(at(tick), y, write(tick), anchor(at(tick))));
}

/** Whether there is no room for words, but for codes of labels alone. */
export const isNarrow = (width) => width < 280;

export const path = (d, kind) => draw("path", { d, class: kind });
export const short = (value) => Number(value.toFixed(2));
