// Computes where the camera went in a shot from the motion of the picture, and says it in words. Knows no elements.

import { percent } from "../words.js";

const MIN_SHARE = 0.02; // of the frame, or of its size; with less, the camera rests
const MIN_TURN = 2; // degrees
const WANDER = 0.05; // of the frame; a camera that goes farther and comes back has not rested

/** Compute the path of the view from the intervals of GET /jobs/<id>/shots/<n>/camera.
 *
 * `track` is the centre of the view after each interval, [x, y] as shares of the frame's longest side, to the right and
 * down from its first position. `size` and `turn` (radians, clockwise) compare the last view with the first.
 * `followed` says whether anything could be tracked. */
export function journey(intervals) {
  const track = [[0, 0]];
  let [x, y, growth, turned] = [0, 0, 0, 0]; // of the picture: its growth, and how far it has turned
  for (const { dx, dy, log_scale: grown, rotation } of intervals) {
    growth += grown;
    turned += rotation;
    // The camera moves opposite to the picture: still objects shift left when the camera pans right. A step is measured
    // in the view of its own moment, so it is rotated and scaled back into the first one.
    const [size, sin, cos] = [Math.exp(-growth), Math.sin(-turned), Math.cos(-turned)];
    x -= size * (cos * dx - sin * dy);
    y -= size * (sin * dx + cos * dy);
    track.push([x, y]);
  }
  return { track, size: Math.exp(-growth), turn: -turned, followed: intervals.some(({ inliers }) => inliers > 0) };
}

/** Say what the camera did: "Moves right 12 % of the frame, and closer by 20 %". */
export function inWords({ track, size, turn, followed }) {
  if (track.length === 1) return "No camera path: too short";
  if (!followed) return "No camera path: nothing could be followed";
  const parts = [travelled(track), sized(size), turned(turn)].filter(Boolean);
  if (!parts.length) return "The camera rests";
  const text = parts.join(", and ");
  return text[0].toUpperCase() + text.slice(1);
}

function travelled(track) {
  const [x, y] = track.at(-1);
  const ways = [way(x, "right", "left"), way(y, "down", "up")].filter(Boolean);
  if (ways.length) return `moves ${ways.join(" and ")} of the frame`;
  const farthest = Math.max(...track.map(([across, along]) => Math.hypot(across, along)));
  return farthest < WANDER ? null : `moves ${percent(farthest)} of the frame away and comes back`;
}

function way(share, ahead, back) {
  return Math.abs(share) < MIN_SHARE ? null : `${share > 0 ? ahead : back} ${percent(Math.abs(share))}`;
}

/** When the camera comes closer, the view shows less of the scene, and the picture of it grows. */
function sized(size) {
  if (Math.abs(1 / size - 1) < MIN_SHARE) return null;
  return size < 1 ? `closer by ${percent(1 / size - 1)}` : `farther by ${percent(1 - 1 / size)}`;
}

function turned(turn) {
  const degrees = Math.round(Math.abs(turn) * (180 / Math.PI));
  return degrees < MIN_TURN ? null : `turns ${degrees}° ${turn > 0 ? "clockwise" : "anticlockwise"}`;
}
