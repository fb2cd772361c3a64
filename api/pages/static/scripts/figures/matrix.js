// Which scale follows which.

import { HEADS, SCALES, count } from "../words.js";
import { box, isNarrow, sheet, text } from "./chart.js";
import { transitions } from "./statistics.js";

const WIDE = { left: 152, top: 40, step: 30 };
const NARROW = { left: 44, top: 36, step: 20 }; // without the words
const DARKEST = 0.45; // beyond, the numbers on the cells were hard to read
const TITLE = "From scale to scale";
const word = (place) => HEADS.scale.labels[SCALES[place]].word;

/** The chart of a film; `most` is the count of the darkest cell. */
export function matrix(shots, { most = mostOf(shots) } = {}) {
  const counts = transitions(shots);
  return {
    title: TITLE,
    words: wordsOf(counts),
    columns: ["From, to", ...SCALES.map((_, place) => word(place))],
    rows: () => counts.map((row, from) => [word(from), ...row.map(String)]),
    draw: (width) => drawn(counts, most, width),
  };
}

/** The highest count of a film. */
export const mostOf = (shots) => Math.max(1, ...transitions(shots).flat());

function wordsOf(counts) {
  const all = counts.flat().reduce((total, one) => total + one, 0);
  if (!all) return "There is no change from shot to shot.";
  const stay = counts.reduce((total, row, place) => total + row[place], 0);
  const pairs = counts.flatMap((row, from) => row.map((times, to) => ({ from, to, times })));
  const most = pairs.filter(({ from, to }) => from !== to).reduce((best, one) => (one.times > best.times ? one : best));
  const shown = "How often a shot of the scale at the left is followed by one of the scale above.";
  const kept = `Outlined: the scale stays, ${count(stay, "time")} of ${all.toLocaleString("en")}.`;
  if (!most.times) return `${shown} ${kept}`;
  const change = `${word(most.from)} to ${word(most.to)}, ${count(most.times, "time")}`.toLowerCase();
  return `${shown} ${kept} The most frequent change: ${change}.`;
}

function drawn(counts, most, width) {
  const { left, top, step } = isNarrow(width) ? NARROW : WIDE;
  const wide = (width - left) / SCALES.length;
  const line = step / 2 + 4;
  const heads = SCALES.flatMap((code, place) => [
    text(left + (place + 0.5) * wide, top - 8, code, "middle", "strong"),
    text(0, top + place * step + line, code, "start", "strong"),
    ...(isNarrow(width) ? [] : [text(36, top + place * step + line, word(place))]),
  ]);
  const square = (from, to) => ({ x: left + to * wide, y: top + from * step, wide, high: step });
  const cellOf = (times, from, to) => cell(from, to, times, most, square(from, to));
  const cells = counts.flatMap((row, from) => row.flatMap((times, to) => cellOf(times, from, to)));
  const stays = SCALES.map((_, place) => box(...inset(square(place, place), 1.5), "stays"));
  const named = [text(0, top - 8, "From ↓"), text(left, 12, "To →")];
  return sheet(width, top + SCALES.length * step, TITLE, ...named, ...heads, ...cells, ...stays);
}

const inset = ({ x, y, wide, high }, by) => [x + by, y + by, wide - 2 * by, high - 2 * by];

function cell(from, to, times, most, square) {
  const said = `${word(from)} to ${word(to).toLowerCase()}: ${count(times, "time")}`;
  const ground = box(...inset(square, 1), "cell", said);
  ground.setAttribute("fill-opacity", (0.06 + (DARKEST - 0.06) * (times / most)).toFixed(3));
  const [x, y] = [square.x + square.wide / 2, square.y + square.high / 2 + 4];
  const number = times ? text(x, y, times.toLocaleString("en"), "middle", "strong") : text(x, y, "·", "middle");
  number.setAttribute("pointer-events", "none");
  return [ground, number];
}
