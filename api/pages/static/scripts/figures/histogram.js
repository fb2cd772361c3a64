// How the lengths of the shots are distributed. The axis is logarithmic, as lengths of shots are nearly log-normal.

import { count, percent, seconds } from "../words.js";
import { linear, tick } from "./axis.js";
import { across, box, path, sheet, short, text } from "./chart.js";
import { bin, histogram, lengthOf, statistics } from "./statistics.js";

const [HEIGHT, LEFT, TOP, BELOW] = [220, 44, 36, 22];
const TITLE = "Lengths of shots";
const edge = (place) => 2 ** (place / 2); // seconds at which a half octave begins

/** The half octaves, first and last, that these shots fill, with an empty one on both sides. */
export function reachOf(shots) {
  const bins = shots.map((shot) => bin(lengthOf(shot)));
  return [Math.min(...bins) - 1, Math.max(...bins) + 1];
}

/** The highest share of the shots that lies in one half octave. */
export const topOf = (shots) => Math.max(...histogram(shots, ...reachOf(shots))) / shots.length;

/** The chart of a film. `reach`: the half octaves that are shown; `top`: the share at the top; `height` in pixels. */
export function histogramChart(shots, { reach = reachOf(shots), top = topOf(shots), height = HEIGHT } = {}) {
  const counts = histogram(shots, ...reach);
  const { mean, median } = statistics(shots);
  return {
    title: TITLE,
    words: wordsOf(counts, reach[0], mean, median),
    columns: ["From", "Below", "Shots", "Share"],
    rows: () => counts.map((shown, place) => rowOf(shown, reach[0] + place, shots.length)),
    draw: (width) => drawn(counts, { first: reach[0], top, mean, median, all: shots.length }, width, height),
  };
}

function wordsOf(counts, first, mean, median) {
  const place = first + counts.indexOf(Math.max(...counts));
  const most = `Most often a shot lasts ${seconds(edge(place))} to ${seconds(edge(place + 1))}.`;
  const both = `The median (MSL) is ${seconds(median)}, the average (ASL) ${seconds(mean)}.`;
  return `${most} ${both} The axis is logarithmic: each bar begins at 1.41 times the length of the one before.`;
}

const rowOf = (shown, place, all) => [tick(edge(place)), tick(edge(place + 1)), String(shown), percent(shown / all)];

function drawn(counts, { first, top, mean, median, all }, width, height) {
  const [floor, right] = [height - BELOW, width - 4];
  const y = linear(top, floor, TOP);
  const wide = (right - LEFT) / counts.length;
  const at = (length) => LEFT + (2 * Math.log2(length) - first) * wide;
  const bars = counts.map((shown, place) => {
    const range = `${tick(edge(first + place))} to ${tick(edge(first + place + 1))}`;
    const said = `${range}: ${count(shown, "shot")}, ${percent(shown / all)}`;
    return box(LEFT + place * wide + 0.5, y.at(shown / all), wide - 1, floor - y.at(shown / all), "bars", said);
  });
  return sheet(width, height, TITLE,
    ...across(y, LEFT, right, percent), ...bars,
    ...octaves(first, first + counts.length, wide).map((one) => text(at(one), height - 4, tick(one), "middle")),
    ...marked(at(median), 26, `MSL ${seconds(median)}`, floor, "median", median < mean),
    ...marked(at(mean), 12, `ASL ${seconds(mean)}`, floor, "mean", median >= mean),
  );
}

/** The whole octaves that are written below, so far apart that they do not touch. */
function octaves(first, end, wide) {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, 46 / (2 * wide))));
  const all = Array.from({ length: 24 }, (_, index) => index - 8).filter((octave) => octave % step === 0);
  return all.filter((octave) => 2 * octave > first && 2 * octave < end).map((octave) => 2 ** octave);
}

/** A line with its words to the left or, where the other line is there or no room is, to the right. */
function marked(x, y, words, floor, kind, lower) {
  const left = lower && x > LEFT + 72;
  const beside = left ? text(x - 5, y, words, "end", "strong") : text(x + 5, y, words, "start", "strong");
  return [path(`M${short(x)} ${y - 10}V${floor}`, kind), beside];
}
