// The shares of the labels of one head, of one film or of two beside each other.

import { colourOf } from "../looks.js";
import { HEADS, clock, count, percent, plural } from "../words.js";
import { box, isNarrow, sheet, text } from "./chart.js";
import { shares } from "./statistics.js";

const RIGHT = 92;
const leftOf = (width) => (isNarrow(width) ? 52 : 126);
const LETTERS = ["A", "B"];

/** The chart of these films, each `{ name, shots }`; `by` is `shots` or `seconds`. */
export function shareChart(films, head, by) {
  const counted = films.map(({ shots }) => withShares(shares(shots, head), by));
  const labels = Object.values(HEADS[head].labels);
  const before = films.map((_, place) => (films.length > 1 ? `${LETTERS[place]}: ` : ""));
  return {
    title: titleOf(head),
    words: wordsOf(counted, head, by),
    columns: [HEADS[head].name, ...before.flatMap(columnsOf)],
    rows: () => labels.map(({ word }, row) => [word, ...counted.flatMap((one) => cells(one[row]))]),
    draw: (width) => drawn(counted, head, by, width),
  };
}

const titleOf = (head) => plural(head)[0].toUpperCase() + plural(head).slice(1);
const columnsOf = (before) => ["Shots", "Time", "Share"].map((name) => before + (before ? name.toLowerCase() : name));
const cells = (row) => [String(row.shots), clock(row.seconds), percent(row.share)];

function withShares(rows, by) {
  const all = rows.reduce((total, row) => total + row[by], 0);
  return rows.map((row) => ({ ...row, share: all ? row[by] / all : 0 }));
}

function wordsOf(counted, head, by) {
  const of = by === "shots" ? "Share of the shots" : "Share of the time on screen";
  const listed = (rows) =>
    rows.filter((row) => row.share).toSorted((a, b) => b.share - a.share)
      .map((row) => `${HEADS[head].labels[row.label].word.toLowerCase()} ${percent(row.share)}`).join(", ") || "none";
  if (counted.length === 1) return `${of}: ${listed(counted[0])}.`;
  return `${of}. ${counted.map((rows, place) => `${LETTERS[place]}: ${listed(rows)}.`).join(" ")}`;
}

function drawn(counted, head, by, width) {
  const thick = counted.length > 1 ? 14 : isNarrow(width) ? 16 : 20;
  const step = counted.length * (thick + 2) + 8;
  const left = leftOf(width);
  const most = Math.max(...counted.flat().map((row) => row.share)) || 1;
  const one = (row, place, top) => {
    const long = (row.share / most) * (width - left - RIGHT);
    const letter = counted.length > 1 ? LETTERS[place] : "";
    return barOf(row, { head, by, letter, hollow: place > 0, left, long, thick, top });
  };
  const rows = Object.entries(HEADS[head].labels).flatMap(([label, { word }], index) => [
    text(0, index * step + (step - 10) / 2 + 4, isNarrow(width) ? label : word, "start", "strong"),
    ...counted.flatMap((film, place) => one(film[index], place, index * step + place * (thick + 2))),
  ]);
  return sheet(width, counted[0].length * step - 8, titleOf(head), ...rows);
}

/** A bar with what it stands for; those of the second film are hollow. */
function barOf(row, { head, by, letter, hollow, left, long, thick, top }) {
  const amount = by === "shots" ? row.shots.toLocaleString("en") : clock(row.seconds);
  const said = `${HEADS[head].labels[row.label].word}: ${count(row.shots, "shot")}, ${clock(row.seconds)}`;
  const kind = `of-${colourOf(head, row.label)}${hollow ? " hollow" : ""}`;
  return [
    text(left - 6, top + thick - 3, letter, "end"),
    ...(long ? [box(left + 0.5, top + 0.5, Math.max(1, long), thick - 1, kind, said)] : []),
    text(left + long + 8, top + thick / 2 + 4, `${amount} · ${percent(row.share)}`, "start", "amount"),
  ];
}
