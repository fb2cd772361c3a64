// The colours of the page for a canvas, which cannot use custom properties.

import { MOVEMENTS, SCALES } from "../words.js";

const TOKENS = ["ink", "soft", "line", "sunk", "second", "plain", ...SCALES, ...MOVEMENTS];

/** Read the current colours and the font: `{ ink: "#…", MS: "#…", font: "…" }`. */
export function palette(element) {
  const style = getComputedStyle(element);
  const colours = TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return { ...Object.fromEntries(colours), font: `${style.fontSize} ${style.fontFamily}` }; // `font` is empty in forced colours
}

/** Call `callback` when the colours have changed. */
export function onColourScheme(callback) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}

/** Black or white, whichever is legible on a colour like `#1d8781` (relative luminance as in WCAG). */
export function legible(colour) {
  const channels = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16) / 255);
  const [red, green, blue] = channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
