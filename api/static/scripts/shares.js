// The shares of the labels of one head, of one film or of two beside each other.

import { box, sheet, text } from "./chart.js";
import { draw } from "./dom.js";
import { shares } from "./statistics.js";
import { HEADS, clock, count, percent } from "./words.js";

const [LEFT, RIGHT] = [126, 92];
const TITLES = { scale: "Scales", movement: "Movements" };
const LETTERS = ["A", "B"];

/** The chart of these films, each `{ name, shots }`; `by` is `shots` or `seconds`. */
export function shareChart(films, head, by) {
  const counted = films.map(({ shots }) => withShares(shares(shots, head), by));
  return {
    title: TITLES[head],
    words: wordsOf(counted, head, by),
    columns: [HEADS[head].name, ...films.flatMap((_, place) => ["Shots", "Time", "Share"].map((name) => named(name, films, place)))],
    rows: () => Object.entries(HEADS[head].labels).map(([, { word }], row) => [word, ...counted.flatMap((one) => cells(one[row]))]),
    draw: (width) => drawn(counted, head, by, width),
  };
}

const named = (name, films, place) => (films.length > 1 ? `${LETTERS[place]}: ${name.toLowerCase()}` : name);
const cells = (row) => [String(row.shots), clock(row.seconds), percent(row.share)];

function withShares(rows, by) {
  const all = rows.reduce((total, row) => total + row[by], 0);
  return rows.map((row) => ({ ...row, share: all ? row[by] / all : 0 }));
}

function wordsOf(counted, head, by) {
  const of = by === "shots" ? "Share of the shots" : "Share of the time on screen";
  const listed = (rows) =>
    rows.filter((row) => row.share).toSorted((a, b) => b.share - a.share)
      .map((row) => `${HEADS[head].labels[row.label].word.toLowerCase()} ${percent(row.share)}`).join(", ");
  if (counted.length === 1) return `${of}: ${listed(counted[0])}.`;
  return `${of}. ${counted.map((rows, place) => `${LETTERS[place]}: ${listed(rows)}.`).join(" ")}`;
}

function drawn(counted, head, by, width) {
  const thick = counted.length > 1 ? 14 : 20;
  const step = counted.length * (thick + 2) + 10;
  const most = Math.max(...counted.flat().map((row) => row.share)) || 1;
  const bar = (share) => (share / most) * (width - LEFT - RIGHT);
  const one = (row, place, top) => barOf({ row, head, by, place, several: counted.length > 1, top: top + place * (thick + 2), thick, bar });
  const rows = Object.values(HEADS[head].labels).flatMap(({ word }, index) => [
    text(0, index * step + (step - 10) / 2 + 4, word, "start", "strong"),
    ...counted.flatMap((film, place) => one(film[index], place, index * step)),
  ]);
  return sheet(width, rows.length ? Object.keys(HEADS[head].labels).length * step - 8 : 0, TITLES[head], ...rows);
}

/** A bar with what it stands for; those of the second film are hollow. */
function barOf({ row, head, by, place, several, top, thick, bar }) {
  const long = bar(row.share);
  const amount = by === "shots" ? row.shots.toLocaleString("en") : clock(row.seconds);
  const said = `${HEADS[head].labels[row.label].word}: ${count(row.shots, "shot")}, ${clock(row.seconds)}`;
  const kind = `of-${row.label}${place ? " hollow" : ""}`;
  return [
    several && text(LEFT - 6, top + thick - 3, LETTERS[place], "end"),
    long ? box(LEFT + 0.5, top + 0.5, Math.max(1, long), thick - 1, kind, said) : null,
    draw("text", { x: LEFT + long + 8, y: top + thick / 2 + 4, class: "amount" }, `${amount} · ${percent(row.share)}`),
  ].filter(Boolean);
}
