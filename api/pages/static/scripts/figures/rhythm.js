// The cutting rhythm: the length of each shot over the time of the film.

import { draw } from "../dom.js";
import { HEADS, clock, count, percent, seconds, wordOf } from "../words.js";
import { linear, logarithmic, tick, time } from "./axis.js";
import { across, below, box, path, rounded, sheet, text } from "./chart.js";
import { shotLink } from "./numbers.js";
import { lengthOf, smoothed, spanOf } from "./statistics.js";

const [HEIGHT, LEFT, TOP, BELOW] = [220, 44, 24, 22];

/** The chart of a film. `max`: seconds at the top; `until`: seconds at the right end, null for 0 to 100 % of the film;
 * `log`: a logarithmic axis; `seek(shot)`: called when a shot is pressed; `height` in pixels. */
export function rhythm(shots, options = {}) {
  const max = Math.max(...shots.map(lengthOf));
  const defaults = { max, min: minOf(shots), until: shots.at(-1).end, log: false, seek: null, height: HEIGHT };
  const settings = { ...defaults, ...options };
  return {
    title: "Cutting rhythm",
    words: wordsOf(shots, settings),
    columns: ["Shot", "Begins at", "Lasts", "Moving average"],
    rows: () => rowsOf(shots, settings.seek),
    draw: (width) => drawing(shots, settings, width),
  };
}

/** The lower end of a logarithmic axis: a tick below the shortest shot. */
export const minOf = (shots) => 0.8 * Math.max(0.01, Math.min(...shots.map(lengthOf)));

function wordsOf(shots, { log, until }) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  const fastest = shots[averages.indexOf(Math.min(...averages))];
  const slowest = shots[averages.indexOf(Math.max(...averages))];
  const bars = `Each bar is a shot, as wide and as high as it lasts${log ? ", on a logarithmic axis" : ""}.`;
  const line = ` The line is the moving average over ${count(spanOf(shots.length), "shot")}.`;
  const pace = ` It is lowest, the cutting fastest, at ${clock(fastest.start)}; highest at ${clock(slowest.start)}.`;
  const flat = shots.length <= spanOf(shots.length); // then the average is nearly the same everywhere
  return bars + line + (flat ? "" : pace) + (until === null ? " Time is a share of the film." : "");
}

function rowsOf(shots, seek) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  return shots.map((shot, index) => [
    shotLink(shot, String(shot.index + 1), seek),
    shot.start_timecode,
    seconds(lengthOf(shot)),
    seconds(averages[index]),
  ]);
}

function drawing(shots, settings, width) {
  const { height, until, seek } = settings;
  const [floor, right] = [height - BELOW, width - 4];
  const duration = until ?? shots.at(-1).end;
  const x = time(duration, LEFT, right);
  const y = verticalAxis(settings, floor);
  const horizontal = until === null ? { axis: linear(1, LEFT, right, 4), format: percent } : { axis: x, format: clock };
  const svg = sheet(width, height, "Cutting rhythm",
    ...across(y, LEFT, right, tick),
    path(bars(shots, x, y, floor), "bars"),
    path(line(shots, x, y), "smooth"),
    ...below(horizontal.axis, height - 4, LEFT, right, horizontal.format),
  );
  watchPointer(svg, { shots, x, y, floor, right, duration, seek });
  return svg;
}

function verticalAxis({ log, min, max }, floor) {
  return log ? logarithmic(min, max, floor, TOP) : linear(max, floor, TOP);
}

/** One path for all bars, with gaps between them where there is room. */
function bars(shots, x, y, floor) {
  return shots.map((shot) => {
    const [from, to] = [x.at(shot.start), x.at(shot.end)];
    const end = to - from > 3 ? to - 1 : to;
    return `M${rounded(from)} ${floor}V${rounded(y.at(lengthOf(shot)))}H${rounded(end)}V${floor}Z`;
  }).join("");
}

function line(shots, x, y) {
  const averages = smoothed(shots.map(lengthOf), spanOf(shots.length));
  const middle = (shot) => x.at((shot.start + shot.end) / 2);
  return `M${shots.map((shot, index) => `${rounded(middle(shot))} ${rounded(y.at(averages[index]))}`).join("L")}`;
}

/** Describe above the drawing the shot under the pointer, and seek it on a click; for the keyboard there is the table. */
function watchPointer(svg, { shots, x, y, floor, right, duration, seek }) {
  const label = text(right, 12, "", "end", "said");
  const mark = box(0, 0, 0, 0, "mark");
  const overlay = draw("g", { visibility: "hidden" }, mark, label);
  svg.append(overlay);
  const shotUnder = ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    const position = ((clientX - left) * svg.viewBox.baseVal.width) / width;
    const share = (position - LEFT) / (right - LEFT);
    return shots.findLast((shot) => shot.start <= share * duration && share * duration < shot.end);
  };
  svg.addEventListener("pointermove", (event) => {
    const shot = shotUnder(event);
    overlay.setAttribute("visibility", shot ? "visible" : "hidden");
    if (!shot) return;
    label.textContent = describe(shot);
    moveMark(mark, x.at(shot.start), y.at(lengthOf(shot)), x.at(shot.end), floor);
  });
  svg.addEventListener("pointerleave", () => overlay.setAttribute("visibility", "hidden"));
  if (!seek) return;
  svg.classList.add("pressable");
  svg.addEventListener("click", (event) => shotUnder(event) && seek(shotUnder(event)));
}

function moveMark(mark, left, top, right, floor) {
  const values = { x: left, y: top, width: Math.max(1, right - left), height: floor - top };
  for (const [name, value] of Object.entries(values)) mark.setAttribute(name, rounded(value));
}

function describe(shot) {
  const words = Object.keys(HEADS).map((head) => wordOf(shot, head)).filter(Boolean);
  return `${shot.index + 1} · ${clock(shot.start)} · ${seconds(lengthOf(shot))} · ${words.join(", ")}`;
}
