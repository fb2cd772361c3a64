// Axes: where a value lies in a drawing, and which values are written beside it. Knows no elements.

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** An axis from 0 to `max`, drawn from `from` to `to`, with about `count` ticks at round values. */
export function linear(max, from, to, count = 4) {
  return { at: (value) => from + (value / max) * (to - from), ticks: multiples(roundUp(max / count), max) };
}

/** The same for seconds of a film, with ticks at whole seconds, minutes or hours. */
export function time(max, from, to) {
  const minStep = max / Math.max(2, Math.abs(to - from) / 72);
  return { ...linear(max, from, to), ticks: multiples(TIMES.find((step) => step >= minStep) ?? roundUp(minStep), max) };
}

/** A logarithmic axis from `min` to `max`, with ticks at 1, 2 and 5 times the powers of ten. */
export function logarithmic(min, max, from, to) {
  const at = (value) => from + (Math.log(value / min) / Math.log(max / min)) * (to - from);
  const tens = Array.from({ length: 8 }, (_, index) => 10 ** (index - 2));
  const ticks = tens.flatMap((ten) => [ten, 2 * ten, 5 * ten]);
  return { at, ticks: ticks.filter((tick) => tick >= min * 0.999 && tick <= max) };
}

/** Seconds as written beside an axis: `0.5 s`, `20 s`. */
export const tick = (value) => `${Number(value.toPrecision(2))}\u00a0s`;

/** Round up to 1, 2 or 5 times a power of ten. */
function roundUp(value) {
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * ten).find((step) => step >= value * 0.999);
}

function multiples(step, max) {
  return Array.from({ length: Math.floor(max / step + 1e-6) + 1 }, (_, index) => index * step);
}
