// The share of each label of a head, in one film or in two side by side.

import { colourOf } from "../looks.js";
import { HEADS, clock, count, percent, plural } from "../words.js";
import { box, isNarrow, sheet, text } from "./chart.js";
import { shares } from "./statistics.js";

const RIGHT = 92;
const leftOf = (width) => (isNarrow(width) ? 52 : 126);
const LETTERS = ["A", "B"];

/** The chart of these films, each `{ name, shots }`; `by` is `shots` or `seconds`. */
export function shareChart(films, head, by) {
  const rowsByFilm = films.map(({ shots }) => withShares(shares(shots, head), by));
  const labels = Object.values(HEADS[head].labels);
  const prefixes = films.map((_, index) => (films.length > 1 ? `${LETTERS[index]}: ` : ""));
  return {
    title: titleOf(head, by),
    words: wordsOf(rowsByFilm, head, by),
    columns: [HEADS[head].name, ...prefixes.flatMap(columnsOf)],
    rows: () => labels.map(({ word }, row) => [word, ...rowsByFilm.flatMap((rows) => cells(rows[row]))]),
    draw: (width) => drawing(rowsByFilm, head, by, width),
  };
}

/** `Scales, by time` */
const titleOf = (head, by) => `${plural(head)[0].toUpperCase()}${plural(head).slice(1)}, by ${by === "shots" ? "shots" : "time"}`;
const columnsOf = (prefix) => ["Shots", "Time", "Share"].map((name) => prefix + (prefix ? name.toLowerCase() : name));
const cells = (row) => [String(row.shots), clock(row.seconds), percent(row.share)];

function withShares(rows, by) {
  const total = rows.reduce((sum, row) => sum + row[by], 0);
  return rows.map((row) => ({ ...row, share: total ? row[by] / total : 0 }));
}

function wordsOf(rowsByFilm, head, by) {
  const measure = by === "shots" ? "Share of the shots" : "Share of the time on screen";
  const list = (rows) =>
    rows.filter((row) => row.share).toSorted((a, b) => b.share - a.share)
      .map((row) => `${HEADS[head].labels[row.label].word.toLowerCase()} ${percent(row.share)}`).join(", ") || "none";
  if (rowsByFilm.length === 1) return `${measure}: ${list(rowsByFilm[0])}.`;
  return `${measure}. ${rowsByFilm.map((rows, index) => `${LETTERS[index]}: ${list(rows)}.`).join(" ")}`;
}

function drawing(rowsByFilm, head, by, width) {
  const thickness = rowsByFilm.length > 1 ? 14 : isNarrow(width) ? 16 : 20;
  const step = rowsByFilm.length * (thickness + 2) + 8;
  const left = leftOf(width);
  const max = Math.max(...rowsByFilm.flat().map((row) => row.share)) || 1;
  const bar = (row, side, top) => {
    const length = (row.share / max) * (width - left - RIGHT);
    const letter = rowsByFilm.length > 1 ? LETTERS[side] : "";
    return barOf(row, { head, by, letter, hollow: side > 0, left, length, thickness, top });
  };
  const rows = Object.entries(HEADS[head].labels).flatMap(([label, { word }], index) => [
    text(0, index * step + (step - 10) / 2 + 4, isNarrow(width) ? label : word, "start", "strong"),
    ...rowsByFilm.flatMap((film, side) => bar(film[index], side, index * step + side * (thickness + 2))),
  ]);
  return sheet(width, rowsByFilm[0].length * step - 8, titleOf(head, by), ...rows);
}

/** A bar with its letter and its amount; those of the second film are hollow. */
function barOf(row, { head, by, letter, hollow, left, length, thickness, top }) {
  const amount = by === "shots" ? row.shots.toLocaleString("en") : clock(row.seconds);
  const tooltip = `${HEADS[head].labels[row.label].word}: ${count(row.shots, "shot")}, ${clock(row.seconds)}`;
  const className = `of-${colourOf(head, row.label)}${hollow ? " hollow" : ""}`;
  return [
    text(left - 6, top + thickness - 3, letter, "end"),
    ...(length ? [box(left + 0.5, top + 0.5, Math.max(1, length), thickness - 1, className, tooltip)] : []),
    text(left + length + 8, top + thickness / 2 + 4, `${amount} · ${percent(row.share)}`, "start", "amount"),
  ];
}
