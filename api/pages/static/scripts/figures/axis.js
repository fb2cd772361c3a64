// Axes: where a value lies on a drawing, and which values are written beside it. Knows no elements.

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** From 0 to `most`, drawn from `from` to `to`, with about `count` ticks at round values. */
export function linear(most, from, to, count = 4) {
  return { at: (value) => from + (value / most) * (to - from), ticks: multiples(round(most / count), most) };
}

/** The same for seconds of a film: ticks at whole seconds, minutes, hours. */
export function time(most, from, to) {
  const least = most / Math.max(2, Math.abs(to - from) / 72);
  return { ...linear(most, from, to), ticks: multiples(TIMES.find((step) => step >= least) ?? round(least), most) };
}

/** From `least` to `most`, equal ratios equally far apart; ticks at 1, 2, 5 and their tens. */
export function logarithmic(least, most, from, to) {
  const at = (value) => from + (Math.log(value / least) / Math.log(most / least)) * (to - from);
  const tens = Array.from({ length: 8 }, (_, index) => 10 ** (index - 2));
  const ticks = tens.flatMap((ten) => [ten, 2 * ten, 5 * ten]);
  return { at, ticks: ticks.filter((tick) => tick >= least * 0.999 && tick <= most) };
}

/** Seconds beside an axis: `0.5 s`, `20 s`. */
export const tick = (value) => `${Number(value.toPrecision(2))}\u00a0s`;

/** The first of 1, 2, 5, 10 … times a power of ten that is not below. */
function round(value) {
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * ten).find((step) => step >= value * 0.999);
}

function multiples(step, most) {
  return Array.from({ length: Math.floor(most / step + 1e-6) + 1 }, (_, index) => index * step);
}
