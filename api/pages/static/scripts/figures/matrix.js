// How often one scale follows another.

import { HEADS, SCALES, count } from "../words.js";
import { box, isNarrow, sheet, text } from "./chart.js";
import { transitions } from "./statistics.js";

const WIDE = { left: 152, top: 40, step: 30 };
const NARROW = { left: 44, top: 36, step: 20 }; // without the words
const DARKEST = 0.45; // the numbers on darker cells were hard to read
const TITLE = "From scale to scale";
const word = (index) => HEADS.scale.labels[SCALES[index]].word;

/** The chart of a film; `max` is the count of the darkest cell. */
export function matrix(shots, { max = maxOf(shots) } = {}) {
  const counts = transitions(shots);
  return {
    title: TITLE,
    words: wordsOf(counts),
    columns: ["From, to", ...SCALES.map((_, index) => word(index))],
    rows: () => counts.map((row, from) => [word(from), ...row.map(String)]),
    draw: (width) => drawing(counts, max, width),
  };
}

/** The highest count of a film. */
export const maxOf = (shots) => Math.max(1, ...transitions(shots).flat());

function wordsOf(counts) {
  const total = counts.flat().reduce((sum, number) => sum + number, 0);
  if (!total) return "There is no change from shot to shot.";
  const stayed = counts.reduce((sum, row, index) => sum + row[index], 0);
  const pairs = counts.flatMap((row, from) => row.map((times, to) => ({ from, to, times })));
  const frequent = pairs.filter(({ from, to }) => from !== to)
    .reduce((best, pair) => (pair.times > best.times ? pair : best));
  const meaning = "How often a shot of the scale at the left is followed by one of the scale above.";
  const outlined = `Outlined: the scale stays, ${count(stayed, "time")} of ${total.toLocaleString("en")}.`;
  if (!frequent.times) return `${meaning} ${outlined}`;
  const change = `${word(frequent.from)} to ${word(frequent.to)}, ${count(frequent.times, "time")}`.toLowerCase();
  return `${meaning} ${outlined} The most frequent change: ${change}.`;
}

function drawing(counts, max, width) {
  const { left, top, step } = isNarrow(width) ? NARROW : WIDE;
  const cellWidth = (width - left) / SCALES.length;
  const line = step / 2 + 4;
  const headers = SCALES.flatMap((code, index) => [
    text(left + (index + 0.5) * cellWidth, top - 8, code, "middle", "strong"),
    text(0, top + index * step + line, code, "start", "strong"),
    ...(isNarrow(width) ? [] : [text(36, top + index * step + line, word(index))]),
  ]);
  const square = (from, to) => ({ x: left + to * cellWidth, y: top + from * step, width: cellWidth, height: step });
  const cellOf = (times, from, to) => cell(from, to, times, max, square(from, to));
  const cells = counts.flatMap((row, from) => row.flatMap((times, to) => cellOf(times, from, to)));
  const stays = SCALES.map((_, index) => box(...inset(square(index, index), 1.5), "stays"));
  const axisNames = [text(0, top - 8, "From ↓"), text(left, 12, "To →")];
  return sheet(width, top + SCALES.length * step, TITLE, ...axisNames, ...headers, ...cells, ...stays);
}

const inset = ({ x, y, width, height }, by) => [x + by, y + by, width - 2 * by, height - 2 * by];

function cell(from, to, times, max, square) {
  const tooltip = `${word(from)} to ${word(to).toLowerCase()}: ${count(times, "time")}`;
  const background = box(...inset(square, 1), "cell", tooltip);
  background.setAttribute("fill-opacity", (0.06 + (DARKEST - 0.06) * (times / max)).toFixed(3));
  const [x, y] = [square.x + square.width / 2, square.y + square.height / 2 + 4];
  const number = times ? text(x, y, times.toLocaleString("en"), "middle", "strong") : text(x, y, "·", "middle");
  number.setAttribute("pointer-events", "none");
  return [background, number];
}
