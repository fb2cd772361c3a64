// A figure: a chart with its heading, a description, its numbers as a table, and buttons that save it.

import { make } from "../dom.js";
import { savePng, saveSvg } from "./save.js";

export class Figure {
  /** `tools` are further controls beside the buttons. */
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

  /** Show a chart; `film` is its name in labels and saved files, `letter` the side of a comparison on which it stands. */
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

  /** Draw the chart as wide as the plot if that width has changed. */
  redraw() {
    const width = Math.floor(this.plot.clientWidth);
    if (!this.chart || !width || width === this.width) return;
    this.width = width;
    this.plot.replaceChildren(this.chart.draw(width));
  }

  /** Make the table only when it is opened, because that of a long film is large. */
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

/** Buttons of which one is pressed, initially the first: `choice("Axis", { log: "Log", linear: "Linear" }, f)`. */
export function choice(name, options, callback) {
  const buttons = Object.entries(options).map(([key, word], index) => {
    const press = () => {
      for (const sibling of buttons) sibling.setAttribute("aria-pressed", sibling === button);
      callback(key);
    };
    const button = make("button", { type: "button", "aria-pressed": String(index === 0), onclick: press }, word);
    return button;
  });
  return make("div", { class: "choice", role: "group", "aria-label": name }, ...buttons);
}
