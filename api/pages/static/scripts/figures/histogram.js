// The distribution of shot lengths. The axis is logarithmic, because shot lengths are nearly log-normal.

import { count, percent, seconds } from "../words.js";
import { linear, tick } from "./axis.js";
import { across, box, path, rounded, sheet, text } from "./chart.js";
import { bin, histogram, lengthOf, statistics } from "./statistics.js";

const [HEIGHT, LEFT, TOP, BELOW] = [220, 44, 36, 22];
const TITLE = "Lengths of shots";
const edge = (index) => 2 ** (index / 2); // seconds at which a half octave starts

/** The first and the last half octave that these shots fill, widened by an empty one on both sides. */
export function reachOf(shots) {
  const bins = shots.map((shot) => bin(lengthOf(shot)));
  return [Math.min(...bins) - 1, Math.max(...bins) + 1];
}

/** The largest share of the shots that lies in one half octave. */
export const topOf = (shots) => Math.max(...histogram(shots, ...reachOf(shots))) / shots.length;

/** The chart of a film. `reach`: the first and last half octave; `top`: the share at the top; `height` in pixels. */
export function histogramChart(shots, { reach = reachOf(shots), top = topOf(shots), height = HEIGHT } = {}) {
  const counts = histogram(shots, ...reach);
  const { mean, median } = statistics(shots);
  return {
    title: TITLE,
    words: wordsOf(counts, reach[0], mean, median),
    columns: ["From", "Below", "Shots", "Share"],
    rows: () => counts.map((number, index) => rowOf(number, reach[0] + index, shots.length)),
    draw: (width) => drawing(counts, { first: reach[0], top, mean, median, total: shots.length }, width, height),
  };
}

function wordsOf(counts, first, mean, median) {
  const index = first + counts.indexOf(Math.max(...counts));
  const mode = `Most often a shot lasts ${seconds(edge(index))} to ${seconds(edge(index + 1))}.`;
  const averages = `The median (MSL) is ${seconds(median)}, the average (ASL) ${seconds(mean)}.`;
  return `${mode} ${averages} The axis is logarithmic: each bar begins at 1.41 times the length of the one before.`;
}

const rowOf = (number, index, total) =>
  [tick(edge(index)), tick(edge(index + 1)), String(number), percent(number / total)];

function drawing(counts, { first, top, mean, median, total }, width, height) {
  const [floor, right] = [height - BELOW, width - 4];
  const y = linear(top, floor, TOP);
  const barWidth = (right - LEFT) / counts.length;
  const at = (length) => LEFT + (2 * Math.log2(length) - first) * barWidth;
  const bars = counts.map((number, index) => {
    const range = `${tick(edge(first + index))} to ${tick(edge(first + index + 1))}`;
    const tooltip = `${range}: ${count(number, "shot")}, ${percent(number / total)}`;
    return box(
      LEFT + index * barWidth + 0.5, y.at(number / total), barWidth - 1, floor - y.at(number / total), "bars", tooltip,
    );
  });
  return sheet(width, height, TITLE,
    ...across(y, LEFT, right, percent), ...bars,
    ...octaves(first, first + counts.length, barWidth)
      .map((octave) => text(at(octave), height - 4, tick(octave), "middle")),
    ...marked(at(median), 26, `MSL ${seconds(median)}`, floor, "median", median < mean),
    ...marked(at(mean), 12, `ASL ${seconds(mean)}`, floor, "mean", median >= mean),
  );
}

/** The whole octaves to write below the axis, so far apart that the texts do not touch. */
function octaves(first, end, barWidth) {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, 46 / (2 * barWidth))));
  const candidates = Array.from({ length: 24 }, (_, index) => index - 8).filter((octave) => octave % step === 0);
  return candidates.filter((octave) => 2 * octave > first && 2 * octave < end).map((octave) => 2 ** octave);
}

/** A line with its words on the left, or on the right if the other line or the edge is on the left. */
function marked(x, y, words, floor, className, lower) {
  const left = lower && x > LEFT + 72;
  const beside = left ? text(x - 5, y, words, "end", "strong") : text(x + 5, y, words, "start", "strong");
  return [path(`M${rounded(x)} ${y - 10}V${floor}`, className), beside];
}
