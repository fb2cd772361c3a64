// What all drawings share: the SVG around them, text, and axes.
//
// A chart shows one or two films: `{ title, words, columns, rows, draw }`. `words` describe it, `columns` and `rows()`
// are its table, and `draw(width)` makes an SVG of so many pixels.

import { draw } from "../dom.js";

/** The SVG that holds a drawing; for a screen reader it is one picture with a name. */
export function sheet(width, height, name, ...children) {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return draw("svg", { class: "chart", role: "img", "aria-label": name, ...size }, ...children);
}

/** A line of text; `anchor` says which part of it is at `x`: start, middle or end. */
export function text(x, y, words, anchor = "start", className = null) {
  return draw("text", { x: rounded(x), y: rounded(y), "text-anchor": anchor, class: className }, words);
}

/** A rectangle with a tooltip. */
export function box(x, y, width, height, className, title = null) {
  const [w, h] = [width, height].map((side) => rounded(Math.max(0, side)));
  const tooltip = title && draw("title", {}, title);
  return draw("rect", { x: rounded(x), y: rounded(y), width: w, height: h, class: className }, tooltip);
}

/** Horizontal lines at the ticks of a vertical axis, with the values beside them. */
export function across({ at, ticks }, left, right, format) {
  return ticks.flatMap((tick) => [
    path(`M${left} ${rounded(at(tick))}H${right}`, "grid"),
    text(left - 6, at(tick) + 4, format(tick), "end"),
  ]);
}

/** The values below a horizontal axis; the outermost ones stay within `left` and `right`. */
export function below({ at, ticks }, y, left, right, format) {
  const anchor = (x) => (x < left + 12 ? "start" : x > right - 16 ? "end" : "middle");
  return ticks.map((tick) => text(at(tick), y, format(tick), anchor(at(tick))));
}

/** Whether there is only room for the codes of labels, not for their words. */
export const isNarrow = (width) => width < 280;

export const path = (d, className) => draw("path", { d, class: className });
export const rounded = (value) => Number(value.toFixed(2));
