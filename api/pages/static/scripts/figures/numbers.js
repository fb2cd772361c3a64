// The numbers of a film for people: the name, meaning and format of each.

import { make } from "../dom.js";
import { HEADS, clock, listed, percent, plural, seconds } from "../words.js";

const plain = (value) => value.toLocaleString("en");
const decimal = (digits) => (value) => value.toFixed(digits);
const allHeads = listed(Object.keys(HEADS).map(plural));
const settableHeads = listed(Object.keys(HEADS).filter((head) => HEADS[head].correctable).map(plural));
const points = (value) => `${Math.round(100 * value)}\u00a0points`;

/** The numbers of `statistics`: `key` is the name there; `shot` names the shot to which a link leads. */
export const NUMBERS = [
  { key: "shots", name: "Shots", format: plain, meaning: "How many there are." },
  { key: "length", name: "Length", format: clock, meaning: "The lengths of all shots together." },
  { key: "rate", name: "Cuts per minute", format: decimal(1), meaning: "Changes from shot to shot, gradual ones too." },
  { key: "mean", name: "Average shot length (ASL)", format: seconds,
    meaning: "The length divided by the number of shots." },
  { key: "median", name: "Median shot length (MSL)", format: seconds,
    meaning: "Half of the shots are shorter, half longer. A few long shots raise the average, and hardly the median." },
  { key: "deviation", name: "Standard deviation", format: seconds,
    meaning: "How far the lengths lie from their average, over all shots." },
  { key: "variation", name: "Coefficient of variation", format: decimal(2),
    meaning: "The standard deviation divided by the average: 0 is an even rhythm, whatever the pace." },
  { key: "shortest", name: "Shortest shot", format: seconds, shot: "shortestShot",
    meaning: "The first one of this length." },
  { key: "longest", name: "Longest shot", format: seconds, shot: "longestShot",
    meaning: "The first one of this length." },
  { key: "gradual", name: "Gradual transitions", format: percent, formatDifference: points,
    meaning: "The share of changes that are no cut, but a dissolve, a fade or a wipe." },
  { key: "uncertain", name: "Uncertain labels", format: percent, formatDifference: points,
    meaning: `The share of ${allHeads} of which the model is not sure, and that nobody has set by hand.` },
  { key: "byHand", name: "Labels by hand", format: percent, formatDifference: points,
    meaning: `The share of ${settableHeads} that a person has set.` },
];

export const textOf = ({ key, format }, numbers) => (numbers[key] === null ? "–" : format(numbers[key]));

/** How much more the second film has: `+0.4 s`; a minus if it has less, and `0` if both are written alike. */
export function difference(number, first, second) {
  const [a, b] = [first[number.key], second[number.key]];
  if (a === null || b === null) return "–";
  if (number.format(a) === number.format(b)) return "0";
  return (b > a ? "+" : "\u2212") + (number.formatDifference ?? number.format)(Math.abs(b - a));
}

/** All numbers as a list. `seek(shot)` is called when the link to a shot is pressed; without it there are no links. */
export function numberList(numbers, seek = null) {
  const value = (number) => {
    const text = textOf(number, numbers);
    return number.shot ? shotLink(numbers[number.shot], text, seek, `${number.name}, `) : text;
  };
  const entry = (number) => make("div", {}, make("dt", {}, number.name), make("dd", {}, value(number)));
  return make("dl", { class: "numbers" }, ...NUMBERS.map(entry));
}

/** What each number means, in a part that can be opened. */
export function meanings() {
  const entry = ({ name, meaning }) => make("div", {}, make("dt", {}, name), make("dd", {}, meaning));
  const list = make("dl", {}, ...NUMBERS.map(entry));
  return make("details", { class: "meanings" }, make("summary", {}, "What these mean"), list);
}

/** A link that goes to a shot on this page; only the text if there is no `seek`. */
export function shotLink(shot, text, seek, prefix = "") {
  if (!seek) return text;
  const follow = (event) => {
    event.preventDefault();
    seek(shot);
  };
  return make("a", { href: "#stage", onclick: follow, "aria-label": `${prefix}shot ${shot.index + 1}: ${text}` }, text);
}
