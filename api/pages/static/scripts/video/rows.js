// Draws the shots of the timeline on a canvas: the marks, and a row for each head.

import { colourOf } from "../looks.js";
import { HEADS, isUnsure, labelOf, wordOf } from "../words.js";
import { legible } from "./palette.js";
import { CORRECTED, OPENINGS, heights } from "./shapes.js";

/** Pixels: the height of a head's row, and `base`, the distance from its bottom to the baseline of all its labels. */
const ROWS = { scale: { height: 64, base: 5 }, movement: { height: 32, base: 9 } };
const PLAIN_ROW = { height: 24, base: 7 };

/** Top and height of each band in pixels: the rows of the heads lie below the marks. */
export const BANDS = {
  ruler: { top: 0, height: 24 },
  marks: { top: 26, height: 10 },
  ...rowsBelow(40),
};
export const HEIGHT = Math.max(...Object.values(BANDS).map(({ top, height }) => top + height));

const DIMMED = 0.18;
const MIN_GAP = 6; // pixels between two marks; closer ones would run together
const PAD = 6; // pixels beside a label

/** Draw all shots in view. */
export function drawRows(context, view, job, colours) {
  const shown = job.shots.filter(({ start, end }) => end > view.from && start < view.end);
  const passing = shown.map((shot) => job.passes(shot));
  const hatch = hatching(context);
  context.fillStyle = colours.sunk;
  for (const head of Object.keys(HEADS)) context.fillRect(0, BANDS[head].top, view.width, BANDS[head].height);
  for (const head of Object.keys(HEADS)) {
    shown.forEach((shot, index) => {
      context.globalAlpha = passing[index] ? 1 : DIMMED;
      drawShot(context, box(view, shot), shot, head, colours, hatch);
    });
  }
  context.globalAlpha = 1;
  drawMarks(context, view, shown.filter(({ transition }) => OPENINGS[transition]), colours.soft, ({ start }) => start, openingOf);
  drawMarks(context, view, shown.filter(isCorrected), colours.second, middle, () => CORRECTED);
}

export const isCorrected = ({ corrected, edited }) => Boolean(corrected) || edited;

function rowsBelow(first) {
  let top = first;
  const rows = Object.keys(HEADS).map((head) => {
    const row = { top, ...(ROWS[head] ?? PLAIN_ROW) };
    top += row.height + 8;
    return [head, row];
  });
  return Object.fromEntries(rows);
}

const openingOf = ({ transition }) => OPENINGS[transition];
const middle = ({ start, end }) => (start + end) / 2;

/** Left edge and width. Parts far out of view are cut off, and one pixel stays free before the next shot. */
function box(view, { start, end }) {
  const left = Math.max(-2, view.x(start));
  const right = Math.min(view.width + 2, view.x(end));
  return { left, width: right - left - (right - left > 4 ? 1 : 0) };
}

function drawShot(context, { left, width }, shot, head, colours, hatch) {
  const { top, height } = BANDS[head];
  const label = labelOf(shot, head);
  if (!label) return drawUnknown(context, left, top, width, height, colours);
  const ends = heights(head, label).map((share) => share * height);
  const colour = colours[colourOf(head, label)];
  paint(context, colour, left, top + height, width, ends);
  if (isUnsure(shot, head)) paint(context, hatch[legible(colour)], left, top + height, width, ends);
  if (width > 24) write(context, shot, head, left, width, colours);
}

/** Draw a shot that waits for its prediction as an outline. */
function drawUnknown(context, left, top, width, height, { soft }) {
  context.strokeStyle = soft;
  context.strokeRect(left + 0.5, top + 0.5, Math.max(0, width - 1), height - 1);
}

/** Fill a shape that stands on `bottom`; most are rectangles, which need no path. */
function paint(context, fill, left, bottom, width, [first, last]) {
  context.fillStyle = fill;
  if (first === last) return context.fillRect(left, bottom - first, width, first);
  context.beginPath();
  context.moveTo(left, bottom);
  context.lineTo(left, bottom - first);
  context.lineTo(left + width, bottom - last);
  context.lineTo(left + width, bottom);
  context.fill();
}

/** Write the label as it fits: all words that are shown, else the word of the label, else its code; on a wedge at the thick
 * end, above a thin bar. */
function write(context, shot, head, left, width, colours) {
  const { top, height, base } = BANDS[head];
  const label = labelOf(shot, head);
  const [first, last] = heights(head, label);
  const room = (width - 2 * PAD) * (first === last ? 1 : 0.5);
  const texts = [wordOf(shot, head), HEADS[head].labels[label].word, head === "scale" ? label : ""];
  const text = texts.find((candidate) => widthOf(context, candidate) <= room);
  if (!text) return;
  const thin = Math.max(first, last) * height < 16;
  context.fillStyle = thin ? colours.ink : legible(colours[colourOf(head, label)]);
  context.textAlign = last > first ? "right" : "left";
  const x = last > first ? left + width - PAD : left + PAD;
  context.fillText(text, x, top + height - base);
}

const widths = new Map();

function widthOf(context, text) {
  const key = `${context.font} ${text}`;
  if (!widths.has(key)) widths.set(key, context.measureText(text).width);
  return widths.get(key);
}

function drawMarks(context, view, shots, colour, timeOf, pointsOf) {
  const { top, height } = BANDS.marks;
  let previous = -Infinity;
  context.fillStyle = colour;
  context.beginPath();
  for (const shot of shots) {
    const x = view.x(timeOf(shot));
    if (x < previous + MIN_GAP) continue;
    previous = x;
    pointsOf(shot).forEach(([right, down], index) => {
      context[index ? "lineTo" : "moveTo"](x + (right - 0.5) * height, top + down * height);
    });
    context.closePath();
  }
  context.fill();
}

/** Diagonal lines for uncertain labels, by the colour of the text on them, which they make easier to read. */
function hatching(context) {
  const colours = { "#000": "rgb(255 255 255 / .5)", "#fff": "rgb(0 0 0 / .4)" };
  return Object.fromEntries(Object.entries(colours).map(([ink, colour]) => [ink, pattern(context, colour)]));
}

function pattern(context, colour) {
  const tile = new OffscreenCanvas(8, 8);
  const lines = tile.getContext("2d");
  lines.strokeStyle = colour;
  lines.lineWidth = 2;
  lines.stroke(new Path2D("M-2 2L2 -2M-2 10L10 -2M6 10L10 6"));
  return context.createPattern(tile, "repeat");
}
