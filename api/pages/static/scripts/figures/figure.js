// A figure: a chart with its heading, what is seen in words, its numbers as a table, and buttons that save it.

import { make } from "../dom.js";
import { savePng, saveSvg } from "./save.js";

export class Figure {
  /** `tools` are choices that stand beside the buttons. */
  constructor(...tools) {
    this.heading = make("h3");
    this.plot = make("div", { class: "plot" });
    this.words = make("p");
    this.table = make("div", { class: "table", tabindex: "0", role: "region" });
    this.details = make("details", { ontoggle: () => this.fillTable() }, make("summary", {}, "Numbers"), this.table);
    const buttons = make("div", { class: "tools" }, ...tools, this.button("SVG", saveSvg), this.button("PNG", savePng));
    const caption = make("figcaption", {}, this.words, this.details);
    this.element = make("figure", { class: "card" }, make("header", {}, this.heading, buttons), this.plot, caption);
    new ResizeObserver(() => this.redraw()).observe(this.plot);
  }

  /** Show a chart; `film` is the name that stands in what is saved, `letter` the side on which it stands. */
  show(chart, film, letter = null) {
    Object.assign(this, { chart, film });
    this.heading.textContent = letter ? `${letter}: ${chart.title.toLowerCase()}` : chart.title;
    this.words.textContent = chart.words;
    this.element.setAttribute("aria-label", `${chart.title}, ${film}`);
    this.table.setAttribute("aria-label", `${chart.title}, ${film}: numbers`);
    for (const button of this.element.querySelectorAll("[data-saves]")) {
      button.setAttribute("aria-label", `${chart.title}, ${film}: save as ${button.dataset.saves}`);
    }
    this.width = 0;
    this.redraw();
    this.fillTable();
  }

  /** Draw it as wide as its place is, when that has changed. */
  redraw() {
    const width = Math.floor(this.plot.clientWidth);
    if (!this.chart || !width || width === this.width) return;
    this.width = width;
    this.plot.replaceChildren(this.chart.draw(width));
  }

  /** The table is made when it is opened: of a long film it is large. */
  fillTable() {
    if (this.chart && this.details.open) this.table.replaceChildren(tableOf(this.chart.columns, this.chart.rows()));
  }

  button(name, save) {
    const press = () => save(this.chart, this.film, this.plot);
    return make("button", { type: "button", title: `Save as ${name}`, dataset: { saves: name }, onclick: press }, name);
  }
}

/** A table whose first column names the rows. */
export function tableOf(columns, rows) {
  const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)));
  const row = ([name, ...values]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, value)));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows.map(row)));
}

/** Buttons of which one is pressed, at first the first: `choice("Axis", { log: "Log", linear: "Linear" }, f)`. */
export function choice(name, options, then) {
  const buttons = Object.entries(options).map(([key, word], place) => {
    const press = () => {
      for (const one of buttons) one.setAttribute("aria-pressed", one === button);
      then(key);
    };
    const button = make("button", { type: "button", "aria-pressed": String(place === 0), onclick: press }, word);
    return button;
  });
  return make("div", { class: "choice", role: "group", "aria-label": name }, ...buttons);
}
