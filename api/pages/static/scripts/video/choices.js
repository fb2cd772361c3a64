// The labels of one head with their probabilities; those that a person may set are buttons with shortcuts.

import { icon, make, show } from "../dom.js";
import { colourOf } from "../looks.js";
import { HEADS, percent, shownOf } from "../words.js";

export class Choices {
  /** `choose` is called with the label that a person picks. */
  constructor(head, choose) {
    const { name, labels, correctable } = HEADS[head];
    this.head = head;
    this.note = make("span");
    this.state = make("span", { class: "said" }, icon("edited"), this.note);
    this.lines = Object.entries(labels).map(([label, details]) => {
      return correctable ? choice(head, label, details, () => choose(label)) : reading(head, label, details);
    });
    this.element = make("div", { class: "choices", role: "group", "aria-labelledby": `head-${head}` });
    const title = make("div", { class: "head" }, make("h3", { id: `head-${head}` }, name), this.state);
    this.element.append(title, ...this.lines);
  }

  /** Show a shot. `wanted` is the label on its way to the service: null removes one, undefined means none. */
  show(shot, wanted, enabled) {
    const predicted = shot[this.head];
    const byHand = wanted === undefined ? shot.corrected?.[this.head] : wanted;
    if (HEADS[this.head].correctable) this.press(predicted, byHand, enabled);
    else this.showOnly(shownOf(shot, this.head));
    for (const line of this.lines) showProbability(line, predicted?.probabilities[line.dataset.label]);
    this.element.classList.toggle("on-its-way", wanted !== undefined);
    this.showState(byHand, predicted, enabled);
  }

  /** Press the button of the shot's label. */
  press(predicted, byHand, enabled) {
    const chosen = byHand ?? predicted?.label;
    for (const button of this.lines) {
      const { label } = button.dataset;
      button.disabled = !enabled || !predicted;
      button.setAttribute("aria-pressed", label === chosen);
      button.classList.toggle("by-hand", label === byHand);
      button.classList.toggle("predicted", label === predicted?.label);
    }
  }

  /** Show only these labels, in this order. */
  showOnly(labels) {
    for (const line of this.lines) show(line, labels.includes(line.dataset.label));
    const inOrder = labels.map((label) => this.lines.find(({ dataset }) => dataset.label === label));
    this.element.append(...inOrder);
  }

  showState(byHand, predicted, done) {
    const word = predicted && HEADS[this.head].labels[predicted.label].word;
    this.state.classList.toggle("corrected", Boolean(byHand));
    if (byHand && predicted) this.note.textContent = byHand === predicted.label ? "Confirmed by hand" : `Corrected; predicted: ${word}`;
    else if (byHand) this.note.textContent = "Set by hand";
    else if (!predicted) this.note.textContent = done ? "Not predicted" : "Not predicted yet"; // a job may be older than the head
    else this.note.textContent = predicted.uncertain ? "The model is unsure" : "";
  }
}

/** A label as a button. */
function choice(head, label, details, onclick) {
  const { meaning, key } = details;
  const hint = key ? make("kbd", { "aria-hidden": "true" }, key) : make("span");
  const attributes = { type: "button", class: "choice", title: meaning, "aria-keyshortcuts": key, dataset: { label }, onclick };
  return make("button", attributes, hint, ...parts(head, label, details));
}

/** A label that nobody can set. */
function reading(head, label, details) {
  const attributes = { class: "choice reading", title: details.meaning, dataset: { label } };
  return make("div", attributes, make("span"), ...parts(head, label, details));
}

function parts(head, label, { word }) {
  const bar = make("span", { class: "bar" });
  bar.style.background = `var(--${colourOf(head, label)})`;
  return [
    make("span", { class: "word" }, word, icon("edited")),
    make("span", { class: "chance" }, bar),
    make("span", { class: "number" }),
  ];
}

function showProbability(line, probability) {
  line.querySelector(".bar").style.transform = `scaleX(${probability ?? 0})`;
  line.querySelector(".number").textContent = probability === undefined ? "–" : percent(probability);
}
