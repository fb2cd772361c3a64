// The shape of each label, which says the same as its colour: scales are the higher the larger the subject, movements
// show how the camera moves. A label of any other head is a plain box.

import { SCALES } from "../words.js";

const LOWEST = 0.28; // share of the row
const THIN = 0.16;
const FULL = [1, 1];
const MOVING = { static: [THIN, THIN], motion: FULL, push: [THIN, 1], pull: [1, THIN] };

/** The heights of a label's shape at its left and right end, as shares of its row. */
export function heights(head, label) {
  if (head === "movement") return MOVING[label];
  if (head !== "scale") return FULL;
  const height = 1 - (SCALES.indexOf(label) / (SCALES.length - 1)) * (1 - LOWEST);
  return [height, height];
}

/** How a shot opens, as points in a unit square: two shots that cross (dissolve), or one that comes up (fade). */
export const OPENINGS = {
  dissolve: [[0, 0], [1, 1], [1, 0], [0, 1]],
  fade: [[0, 1], [1, 0], [1, 1]],
};

export const CORRECTED = [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]];
