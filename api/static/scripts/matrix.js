// Which scale follows which.

import { box, sheet, text } from "./chart.js";
import { transitions } from "./statistics.js";
import { HEADS, SCALES, count } from "./words.js";

const [LEFT, TOP, STEP] = [152, 40, 30];
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
  const changes = counts.flatMap((row, from) => row.map((times, to) => ({ from, to, times }))).filter(({ from, to }) => from !== to);
  const most = changes.reduce((best, one) => (one.times > best.times ? one : best));
  const kept = `How often a shot of the scale at the left is followed by one of the scale above. Outlined: the scale stays, ${count(stay, "time")} of ${all}.`;
  if (!most.times) return kept;
  return `${kept} The most frequent change: ${word(most.from).toLowerCase()} to ${word(most.to).toLowerCase()}, ${count(most.times, "time")}.`;
}

function drawn(counts, most, width) {
  const wide = (width - LEFT) / SCALES.length;
  const heads = SCALES.flatMap((code, place) => [
    text(LEFT + (place + 0.5) * wide, TOP - 8, code, "middle", "strong"),
    text(0, TOP + place * STEP + 19, code, "start", "strong"),
    text(36, TOP + place * STEP + 19, word(place)),
  ]);
  const cells = counts.flatMap((row, from) => row.flatMap((times, to) => cell(from, to, times, most, wide)));
  const stays = SCALES.map((_, place) => box(LEFT + place * wide + 1.5, TOP + place * STEP + 1.5, wide - 3, STEP - 3, "stays"));
  const named = [text(0, TOP - 8, "From ↓"), text(LEFT, 12, "To →")];
  return sheet(width, TOP + SCALES.length * STEP, TITLE, ...named, ...heads, ...cells, ...stays);
}

function cell(from, to, times, most, wide) {
  const [x, y] = [LEFT + to * wide, TOP + from * STEP];
  const said = `${word(from)} to ${word(to).toLowerCase()}: ${count(times, "time")}`;
  const square = box(x + 1, y + 1, wide - 2, STEP - 2, "cell", said);
  square.setAttribute("fill-opacity", (0.06 + (DARKEST - 0.06) * (times / most)).toFixed(3));
  const number = text(x + wide / 2, y + 19, times ? times.toLocaleString("en") : "·", "middle", times ? "strong" : null);
  number.setAttribute("pointer-events", "none");
  return [square, number];
}
