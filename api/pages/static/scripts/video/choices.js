// The labels of one head of the model, each with its probability and its key; one of them is the shot's.

import { icon, make } from "../dom.js";
import { HEADS, percent } from "../words.js";

export class Choices {
  /** `choose` is called with the label that a person takes. */
  constructor(head, choose) {
    const { name, labels } = HEADS[head];
    this.head = head;
    this.said = make("span");
    this.state = make("span", { class: "said" }, icon("edited"), this.said);
    this.buttons = Object.entries(labels).map(([label, about]) => choice(label, about, () => choose(label)));
    this.element = make("div", { class: "choices", role: "group", "aria-labelledby": `head-${head}` });
    const title = make("div", { class: "head" }, make("h3", { id: `head-${head}` }, name), this.state);
    this.element.append(title, ...this.buttons);
  }

  /** Show what is known of a shot. `wanted` is the label that is on its way, null to take one back; undefined for none. */
  show(shot, wanted, enabled) {
    const predicted = shot[this.head];
    const byHand = wanted === undefined ? shot.corrected?.[this.head] : wanted;
    const chosen = byHand ?? predicted?.label;
    for (const button of this.buttons) {
      const { label } = button.dataset;
      button.disabled = !enabled || !predicted;
      button.setAttribute("aria-pressed", label === chosen);
      button.classList.toggle("by-hand", label === byHand);
      button.classList.toggle("predicted", label === predicted?.label);
      showChance(button, predicted?.probabilities[label]);
    }
    this.element.classList.toggle("on-its-way", wanted !== undefined);
    this.say(byHand, predicted);
  }

  say(byHand, predicted) {
    const word = predicted && HEADS[this.head].labels[predicted.label].word;
    this.state.classList.toggle("corrected", Boolean(byHand));
    if (byHand) this.said.textContent = byHand === predicted.label ? "Confirmed by hand" : `Corrected; predicted: ${word}`;
    else if (!predicted) this.said.textContent = "Not predicted yet";
    else this.said.textContent = predicted.uncertain ? "The model is unsure" : "";
  }
}

function choice(label, { word, meaning, key }, onclick) {
  const bar = make("span", { class: "bar" });
  bar.style.background = `var(--${label})`;
  return make(
    "button",
    { type: "button", class: "choice", title: meaning, "aria-keyshortcuts": key, dataset: { label }, onclick },
    make("kbd", { "aria-hidden": "true" }, key),
    make("span", { class: "word" }, word, icon("edited")),
    make("span", { class: "chance" }, bar),
    make("span", { class: "number" }),
  );
}

function showChance(button, probability) {
  button.querySelector(".bar").style.transform = `scaleX(${probability ?? 0})`;
  button.querySelector(".number").textContent = probability === undefined ? "–" : percent(probability);
}
