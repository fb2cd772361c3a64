// The numbers of a film as a person reads them: names, meanings, and how each is written.

import { make } from "../dom.js";
import { HEADS, clock, listed, percent, plural, seconds } from "../words.js";

const plain = (value) => value.toLocaleString("en");
const decimal = (digits) => (value) => value.toFixed(digits);
const all = listed(Object.keys(HEADS).map(plural));
const settable = listed(Object.keys(HEADS).filter((head) => HEADS[head].correctable).map(plural));
const points = (value) => `${Math.round(100 * value)}\u00a0points`;

/** Each number of `statistics`: `key` there, and `shot` the shot that a link leads to. */
export const NUMBERS = [
  { key: "shots", name: "Shots", write: plain, meaning: "How many there are." },
  { key: "length", name: "Length", write: clock, meaning: "The lengths of all shots together." },
  { key: "rate", name: "Cuts per minute", write: decimal(1), meaning: "Changes from shot to shot, gradual ones too." },
  { key: "mean", name: "Average shot length (ASL)", write: seconds,
    meaning: "The length divided by the number of shots." },
  { key: "median", name: "Median shot length (MSL)", write: seconds,
    meaning: "Half of the shots are shorter, half longer. A few long shots raise the average, and hardly the median." },
  { key: "deviation", name: "Standard deviation", write: seconds,
    meaning: "How far the lengths lie from their average, over all shots." },
  { key: "variation", name: "Coefficient of variation", write: decimal(2),
    meaning: "The standard deviation divided by the average: 0 is an even rhythm, whatever the pace." },
  { key: "shortest", name: "Shortest shot", write: seconds, shot: "shortestShot",
    meaning: "The first one of this length." },
  { key: "longest", name: "Longest shot", write: seconds, shot: "longestShot",
    meaning: "The first one of this length." },
  { key: "gradual", name: "Gradual transitions", write: percent, differ: points,
    meaning: "The share of changes that are no cut, but a dissolve, a fade or a wipe." },
  { key: "uncertain", name: "Uncertain labels", write: percent, differ: points,
    meaning: `The share of ${all} of which the model is not sure, and that nobody has set by hand.` },
  { key: "byHand", name: "Labels by hand", write: percent, differ: points,
    meaning: `The share of ${settable} that a person has set.` },
];

export const written = ({ key, write }, numbers) => (numbers[key] === null ? "–" : write(numbers[key]));

/** What the second film has more: `+0.4 s`; a minus where it has less, and `0` where both are written alike. */
export function difference(number, first, second) {
  const [a, b] = [first[number.key], second[number.key]];
  if (a === null || b === null) return "–";
  if (number.write(a) === number.write(b)) return "0";
  return (b > a ? "+" : "\u2212") + (number.differ ?? number.write)(Math.abs(b - a));
}

/** All numbers as a list. `seek(shot)` is called when the link to a shot is pressed; without it there are no links. */
export function numberList(numbers, seek = null) {
  const value = (number) => {
    const text = written(number, numbers);
    return number.shot ? shotLink(numbers[number.shot], text, seek, `${number.name}, `) : text;
  };
  const one = (number) => make("div", {}, make("dt", {}, number.name), make("dd", {}, value(number)));
  return make("dl", { class: "numbers" }, ...NUMBERS.map(one));
}

/** What each number means, to be opened. */
export function meanings() {
  const one = ({ name, meaning }) => make("div", {}, make("dt", {}, name), make("dd", {}, meaning));
  const list = make("dl", {}, ...NUMBERS.map(one));
  return make("details", { class: "meanings" }, make("summary", {}, "What these mean"), list);
}

/** A link that goes to a shot on this page; the text alone where nothing can be sought. */
export function shotLink(shot, text, seek, before = "") {
  if (!seek) return text;
  const follow = (event) => {
    event.preventDefault();
    seek(shot);
  };
  return make("a", { href: "#stage", onclick: follow, "aria-label": `${before}shot ${shot.index + 1}: ${text}` }, text);
}
