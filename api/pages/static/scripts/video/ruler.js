// Draws the times above the timeline.

import { clock } from "../words.js";
import { BANDS } from "./rows.js";

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200]; // seconds
const MIN_SPACING = 76; // pixels between two times, at least
const TICK = 5;

export function drawRuler(context, view, { soft, line }) {
  const step = STEPS.find((candidate) => view.x(candidate + view.from) >= MIN_SPACING) ?? STEPS.at(-1);
  const { top, height } = BANDS.ruler;
  context.fillStyle = line;
  context.fillRect(0, top + height - 1, view.width, 1);
  context.textAlign = "left";
  for (let number = Math.ceil(view.from / step); number * step <= view.end; number += 1) {
    const x = Math.round(view.x(number * step));
    context.fillStyle = soft;
    context.fillRect(x, top + height - TICK, 1, TICK);
    if (x < view.width - MIN_SPACING / 2) context.fillText(timeText(number * step, step), x + 4, top + height - 8);
  }
}

function timeText(time, step) {
  if (step >= 1) return clock(time);
  const tenths = Math.round(10 * time);
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
}
