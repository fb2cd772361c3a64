// A still timeline: a row of the scales, which rise with the subject, and a row of the movements in their shapes.

import { draw, make } from "../dom.js";
import { HEADS, SCALES, clock, labelOf } from "../words.js";
import { time } from "./axis.js";
import { below, path, sheet, short, text } from "./chart.js";

const [LEFT, ROW, GAP, BELOW] = [72, 36, 8, 20];
const THIN = ROW / 5;

/** Draw it `width` pixels wide. */
export function strip(shots, width) {
  const x = time(shots.at(-1).end, LEFT, width - 2);
  const [scales, movements] = [ROW, 2 * ROW + GAP]; // where the rows stand
  return sheet(width, movements + BELOW, "Timeline of scales and movements",
    text(0, scales - ROW / 2 + 4, HEADS.scale.name), text(0, movements - ROW / 2 + 4, HEADS.movement.name),
    ...row(shots, "scale", x, scales, (shot) => scaleShape(labelOf(shot, "scale"))),
    ...row(shots, "movement", x, movements, (shot) => MOVEMENT_SHAPES[labelOf(shot, "movement")]),
    ...below(x, movements + BELOW - 4, LEFT, width, clock),
  );
}

/** The heights of a shape at its beginning and its end. */
const MOVEMENT_SHAPES = { static: [THIN, THIN], motion: [ROW, ROW], push: [THIN, ROW], pull: [ROW, THIN] };

function scaleShape(label) {
  const height = (ROW * (SCALES.length - SCALES.indexOf(label))) / SCALES.length;
  return [height, height];
}

/** One path for each label, however many shots there are. */
function row(shots, head, x, floor, shapeOf) {
  return Object.keys(HEADS[head].labels).map((label) => {
    const those = shots.filter((shot) => labelOf(shot, head) === label);
    const pieces = those.map((shot) => piece(x.at(shot.start), x.at(shot.end), floor, shapeOf(shot)));
    return path(pieces.join(""), `of-${label}`);
  });
}

function piece(from, to, floor, [first, last]) {
  const end = to - from > 3 ? to - 1 : to;
  return `M${short(from)} ${floor}V${short(floor - first)}L${short(end)} ${short(floor - last)}V${floor}Z`;
}

/** What the shapes stand for: of each label, its shape and its word. */
export function legend(head) {
  return Object.entries(HEADS[head].labels).map(([label, { word }]) => {
    const shape = head === "scale" ? scaleShape(label) : MOVEMENT_SHAPES[label];
    const small = piece(0, 16, ROW / 3, shape.map((height) => height / 3));
    const size = { "aria-hidden": "true", viewBox: `0 0 16 ${ROW / 3}` };
    const drawing = draw("svg", { class: "chart", ...size }, path(small, `of-${label}`));
    return make("li", {}, drawing, head === "scale" ? `${label} ${word.toLowerCase()}` : word);
  });
}
