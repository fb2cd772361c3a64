// The legend of the timeline: what its shapes and colours mean, and which share of the film each label has.

import { draw, make, show } from "../dom.js";
import { colourOf } from "../looks.js";
import { HEADS, isUnsure, labelOf, percent } from "../words.js";
import { isCorrected } from "./rows.js";
import { CORRECTED, OPENINGS, heights } from "./shapes.js";

const [WIDTH, HEIGHT] = [16, 14]; // pixels of a sign

/** The marks: the word of each, and the shots to which it applies. Only marks that occur in the film are shown. */
const MARKS = [
  { word: "Uncertain", className: "hatched", points: [[0, 0], [1, 0], [1, 1], [0, 1]], applies: isUncertain },
  { word: "By hand", className: "corrected", points: CORRECTED, applies: isCorrected },
  { word: "Dissolve", className: "opening", points: OPENINGS.dissolve, applies: ({ transition }) => transition === "dissolve" },
  { word: "Fade", className: "opening", points: OPENINGS.fade, applies: ({ transition }) => transition === "fade" },
];

/** Make the legend: `element`, and `update()` for when shots are new or have changed. */
export function legend(job) {
  const heads = Object.keys(HEADS).map(group);
  const marks = MARKS.map((mark) => ({ ...mark, item: item(sign(mark.points, mark.className), mark.word) }));
  const list = make("ul", { "aria-label": "Marks" }, ...marks.map(({ item }) => item));
  const counted = make("p", { class: "soft" }, "Shares of the time of all predicted shots");
  return {
    element: make("div", { class: "legend" }, ...heads.map(({ element }) => element), list, counted),
    update() {
      for (const { head, shares } of heads) showShares(shares, sums(job.shots, head));
      for (const { item, applies } of marks) show(item, job.shots.some(applies));
    },
  };
}

function group(head) {
  const { name, labels } = HEADS[head];
  const shares = Object.fromEntries(Object.keys(labels).map((label) => [label, make("span", { class: "soft number" })]));
  const items = Object.entries(labels).map(([label, { word }]) => {
    const entry = item(sign(outline(head, label), null), word, shares[label]);
    entry.firstChild.style.fill = `var(--${colourOf(head, label)})`;
    return entry;
  });
  return { head, shares, element: make("ul", { "aria-label": name }, ...items) };
}

const item = (...parts) => make("li", {}, ...parts);

function outline(head, label) {
  const [first, last] = heights(head, label);
  return [[0, 1], [0, 1 - first], [1, 1 - last], [1, 1]];
}

function sign(points, className) {
  const corners = points.map(([right, down]) => `${right * WIDTH},${down * HEIGHT}`).join(" ");
  const shape = draw("svg", { class: className, width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
  shape.append(draw("polygon", { points: corners }));
  return shape;
}

function isUncertain(shot) {
  return Object.keys(HEADS).some((head) => isUnsure(shot, head));
}

/** The seconds of each label. */
function sums(shots, head) {
  const totals = {};
  for (const shot of shots) {
    const label = labelOf(shot, head);
    if (label) totals[label] = (totals[label] ?? 0) + shot.end - shot.start;
  }
  return totals;
}

function showShares(shares, totals) {
  const total = Object.values(totals).reduce((sum, value) => sum + value, 0);
  for (const [label, element] of Object.entries(shares)) element.textContent = percent(total ? (totals[label] ?? 0) / total : 0);
}
