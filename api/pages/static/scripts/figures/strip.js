// A static timeline with a row for each head: scales are drawn the higher the larger the subject, movements have their
// shapes, and the labels of any other head are written where there is room.

import { draw, make } from "../dom.js";
import { colourOf, isPlain } from "../looks.js";
import { HEADS, SCALES, clock, labelOf, listed, plural, wordOf } from "../words.js";
import { time } from "./axis.js";
import { below, path, rounded, sheet, text } from "./chart.js";

const [LEFT, ROW, PLAIN_ROW, GAP, BELOW] = [72, 36, 16, 8, 20];
const THIN = ROW / 5;
const [PAD, LETTER] = [4, 6.5]; // pixels: beside a word, and the width of a letter, about

/** Draw the timeline, `width` pixels wide. */
export function strip(shots, width) {
  const x = time(shots.at(-1).end, LEFT, width - 2);
  const floors = floorsOf(Object.keys(HEADS));
  const bottom = Math.max(...Object.values(floors));
  const entries = Object.entries(floors);
  return sheet(width, bottom + BELOW, `Timeline of ${listed(Object.keys(HEADS).map(plural))}`,
    ...entries.map(([head, floor]) => text(0, floor - rowHeight(head) / 2 + 4, HEADS[head].name)),
    ...entries.flatMap(([head, floor]) => row(shots, head, x, floor)),
    ...below(x, bottom + BELOW - 4, LEFT, width, clock),
  );
}

const rowHeight = (head) => (isPlain(head) ? PLAIN_ROW : ROW);

/** Where the row of each head ends, in pixels from the top. */
function floorsOf(heads) {
  let floor = -GAP;
  return Object.fromEntries(heads.map((head) => [head, (floor += GAP + rowHeight(head))]));
}

/** The heights of a movement's shape at its start and at its end. */
const MOVEMENT_SHAPES = { static: [THIN, THIN], motion: [ROW, ROW], push: [THIN, ROW], pull: [ROW, THIN] };

function shapeOf(head, label) {
  if (head === "movement") return MOVEMENT_SHAPES[label];
  if (head !== "scale") return [PLAIN_ROW, PLAIN_ROW];
  const height = (ROW * (SCALES.length - SCALES.indexOf(label))) / SCALES.length;
  return [height, height];
}

/** One path for each label, however many shots there are, and the words of a plain head. */
function row(shots, head, x, floor) {
  const paths = Object.keys(HEADS[head].labels).map((label) => {
    const labelled = shots.filter((shot) => labelOf(shot, head) === label);
    const pieces = labelled.map((shot) => piece(x.at(shot.start), x.at(shot.end), floor, shapeOf(head, label)));
    return path(pieces.join(""), `of-${colourOf(head, label)}`);
  });
  return isPlain(head) ? [...paths, ...words(shots, head, x, floor)] : paths;
}

function words(shots, head, x, floor) {
  const fitting = shots.filter((shot) => {
    const { length } = wordOf(shot, head);
    return length && length * LETTER + 2 * PAD < x.at(shot.end) - x.at(shot.start);
  });
  return fitting.map((shot) => text(x.at(shot.start) + PAD, floor - 4, wordOf(shot, head), "start", "strong"));
}

function piece(from, to, floor, [first, last]) {
  const end = to - from > 3 ? to - 1 : to;
  return `M${rounded(from)} ${floor}V${rounded(floor - first)}L${rounded(end)} ${rounded(floor - last)}V${floor}Z`;
}

/** The legend of a head: the shape and the word of each label. */
export function legend(head) {
  return Object.entries(HEADS[head].labels).map(([label, { word }]) => {
    const small = piece(0, 16, ROW / 3, shapeOf(head, label).map((height) => height / 3));
    const size = { "aria-hidden": "true", viewBox: `0 0 16 ${ROW / 3}` };
    const drawing = draw("svg", { class: "chart", ...size }, path(small, `of-${colourOf(head, label)}`));
    return make("li", {}, drawing, head === "scale" ? `${label} ${word.toLowerCase()}` : word);
  });
}
