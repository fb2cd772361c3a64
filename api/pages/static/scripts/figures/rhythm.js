// The cutting rhythm: how long each shot lasts, over the time of the film.

import { draw } from "../dom.js";
import { HEADS, clock, count, percent, seconds, wordOf } from "../words.js";
import { linear, logarithmic, tick, time } from "./axis.js";
import { across, below, box, path, sheet, short, text } from "./chart.js";
import { shotLink } from "./numbers.js";
import { lengthOf, smoothed, spanOf } from "./statistics.js";

const [HEIGHT, LEFT, TOP, BELOW] = [220, 44, 24, 22];

/** The chart of a film. `most`: seconds at the top; `until`: seconds at the right end, null for 0 to 100 % of the film;
 * `log`: a logarithmic axis; `seek(shot)`: called when a shot is pressed; `height` in pixels. */
export function rhythm(shots, options = {}) {
  const most = Math.max(...shots.map(lengthOf));
  const usual = { most, least: leastOf(shots), until: shots.at(-1).end, log: false, seek: null, height: HEIGHT };
  const settings = { ...usual, ...options };
  return {
    title: "Cutting rhythm",
    words: wordsOf(shots, settings),
    columns: ["Shot", "Begins at", "Lasts", "Moving average"],
    rows: () => rowsOf(shots, settings.seek),
    draw: (width) => drawn(shots, settings, width),
  };
}

/** The lower end of a logarithmic axis: a tick below the shortest shot. */
export const leastOf = (shots) => 0.8 * Math.max(0.01, Math.min(...shots.map(lengthOf)));

function wordsOf(shots, { log, until }) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  const fastest = shots[averages.indexOf(Math.min(...averages))];
  const slowest = shots[averages.indexOf(Math.max(...averages))];
  const bars = `Each bar is a shot, as wide and as high as it lasts${log ? ", on a logarithmic axis" : ""}.`;
  const line = ` The line is the moving average over ${count(spanOf(shots.length), "shot")}.`;
  const pace = ` It is lowest, the cutting fastest, at ${clock(fastest.start)}; highest at ${clock(slowest.start)}.`;
  const flat = shots.length <= spanOf(shots.length); // then the average is the same nearly everywhere
  return bars + line + (flat ? "" : pace) + (until === null ? " Time is a share of the film." : "");
}

function rowsOf(shots, seek) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  return shots.map((shot, place) => [
    shotLink(shot, String(shot.index + 1), seek),
    shot.start_timecode,
    seconds(lengthOf(shot)),
    seconds(averages[place]),
  ]);
}

function drawn(shots, settings, width) {
  const { height, until, seek } = settings;
  const [floor, right] = [height - BELOW, width - 4];
  const whole = until ?? shots.at(-1).end;
  const x = time(whole, LEFT, right);
  const y = upright(settings, floor);
  const level = until === null ? { axis: linear(1, LEFT, right, 4), write: percent } : { axis: x, write: clock };
  const svg = sheet(width, height, "Cutting rhythm",
    ...across(y, LEFT, right, tick),
    path(bars(shots, x, y, floor), "bars"),
    path(line(shots, x, y), "smooth"),
    ...below(level.axis, height - 4, LEFT, right, level.write),
  );
  watch(svg, { shots, x, y, floor, right, whole, seek });
  return svg;
}

function upright({ log, least, most }, floor) {
  return log ? logarithmic(least, most, floor, TOP) : linear(most, floor, TOP);
}

/** One path for all bars; where there is room, with a gap between them. */
function bars(shots, x, y, floor) {
  return shots.map((shot) => {
    const [from, to] = [x.at(shot.start), x.at(shot.end)];
    const end = to - from > 3 ? to - 1 : to;
    return `M${short(from)} ${floor}V${short(y.at(lengthOf(shot)))}H${short(end)}V${floor}Z`;
  }).join("");
}

function line(shots, x, y) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  const middle = (shot) => x.at((shot.start + shot.end) / 2);
  return `M${shots.map((shot, place) => `${short(middle(shot))} ${short(y.at(averages[place]))}`).join("L")}`;
}

/** Say above the drawing what is under the pointer, and seek it when pressed; the table does so for the keyboard. */
function watch(svg, { shots, x, y, floor, right, whole, seek }) {
  const said = text(right, 12, "", "end", "said");
  const mark = box(0, 0, 0, 0, "mark");
  const seen = draw("g", { visibility: "hidden" }, mark, said);
  svg.append(seen);
  const under = ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    const at = ((clientX - left) * svg.viewBox.baseVal.width) / width;
    const share = (at - LEFT) / (right - LEFT);
    return shots.findLast((shot) => shot.start <= share * whole && share * whole < shot.end);
  };
  svg.addEventListener("pointermove", (event) => {
    const shot = under(event);
    seen.setAttribute("visibility", shot ? "visible" : "hidden");
    if (!shot) return;
    said.textContent = told(shot);
    place(mark, x.at(shot.start), y.at(lengthOf(shot)), x.at(shot.end), floor);
  });
  svg.addEventListener("pointerleave", () => seen.setAttribute("visibility", "hidden"));
  if (!seek) return;
  svg.classList.add("pressable");
  svg.addEventListener("click", (event) => under(event) && seek(under(event)));
}

function place(mark, left, top, right, floor) {
  const values = { x: left, y: top, width: Math.max(1, right - left), height: floor - top };
  for (const [name, value] of Object.entries(values)) mark.setAttribute(name, short(value));
}

function told(shot) {
  const words = Object.keys(HEADS).map((head) => wordOf(shot, head)).filter(Boolean);
  return `${shot.index + 1} · ${clock(shot.start)} · ${seconds(lengthOf(shot))} · ${words.join(", ")}`;
}
