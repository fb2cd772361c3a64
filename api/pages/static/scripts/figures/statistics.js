// The numbers of a film, in the terms of cinemetrics. Pure: knows no elements.

import { HEADS, SCALES, isUnsure, labelOf } from "../words.js";

export const lengthOf = (shot) => shot.end - shot.start;
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** All values that are one number. Lengths are in seconds, shares from 0 to 1; a share of nothing is null. */
export function statistics(shots) {
  const lengths = shots.map(lengthOf);
  const length = sum(lengths);
  const mean = length / lengths.length;
  const deviation = Math.sqrt(sum(lengths.map((value) => (value - mean) ** 2)) / lengths.length);
  const [shortest, longest] = [Math.min, Math.max].map((extreme) => shots[lengths.indexOf(extreme(...lengths))]);
  return {
    shots: shots.length,
    length,
    rate: (60 * (shots.length - 1)) / length,
    mean,
    median: median(lengths),
    deviation,
    variation: deviation / mean,
    shortest: lengthOf(shortest),
    longest: lengthOf(longest),
    shortestShot: shortest,
    longestShot: longest,
    gradual: share(shots.slice(1), (shot) => shot.transition !== "cut"),
    ...certainty(shots),
  };
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** For each label of a head, in order: how many shots have it, and for how many seconds. */
export function shares(shots, head) {
  return Object.keys(HEADS[head].labels).map((label) => {
    const labelled = shots.filter((shot) => labelOf(shot, head) === label);
    return { label, shots: labelled.length, seconds: sum(labelled.map(lengthOf)) };
  });
}

/** How often a shot of one scale (the row) is followed by one of another (the column), in the order of SCALES. */
export function transitions(shots) {
  const counts = SCALES.map(() => SCALES.map(() => 0));
  const scales = shots.map((shot) => SCALES.indexOf(labelOf(shot, "scale")));
  scales.slice(1).forEach((to, index) => {
    const from = scales[index];
    if (from >= 0 && to >= 0) counts[from][to] += 1;
  });
  return counts;
}

/** The half octave of a length: k covers 2^(k/2) s up to 2^((k+1)/2) s. */
export const bin = (length) => Math.floor(2 * Math.log2(Math.max(length, 0.01)) + 1e-9);

/** How many shots are in each half octave from `first` to `last`. */
export function histogram(shots, first, last) {
  const counts = Array(last - first + 1).fill(0);
  for (const shot of shots) counts[bin(lengthOf(shot)) - first] += 1;
  return counts;
}

/** How many shots the moving average spans: an odd number, a twentieth of the film, at least 9. */
export const spanOf = (count) => Math.max(9, 2 * Math.floor(count / 40) + 1);

/** The moving average over `span` values; near both ends, over those that exist. */
export function smoothed(values, span) {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1) + value);
  return values.map((_, index) => {
    const first = Math.max(0, index - (span >> 1));
    const end = Math.min(values.length, index + (span >> 1) + 1);
    return (sums[end] - sums[first]) / (end - first);
  });
}

function certainty(shots) {
  const labels = shots.flatMap((shot) => Object.keys(HEADS).map((head) => [shot, head]));
  const settable = labels.filter(([, head]) => HEADS[head].correctable);
  return {
    uncertain: share(labels, ([shot, head]) => isUnsure(shot, head)),
    byHand: share(settable, ([shot, head]) => Boolean(shot.corrected?.[head])),
  };
}

function share(values, matches) {
  return values.length ? values.filter(matches).length / values.length : null;
}
