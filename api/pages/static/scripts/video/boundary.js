// How the shot opens, and where: its kind of transition, and its start, which moves by a frame.

import { icon, make, show } from "../dom.js";
import { bind } from "../shortcuts.js";

const KINDS = { cut: "Cut", dissolve: "Dissolve", fade: "Fade" };
const MOVES = [
  { key: "[", words: "Start it a frame earlier", symbol: "back", frames: -1 },
  { key: "]", words: "Start it a frame later", symbol: "forward", frames: 1 },
];
const GROUP = "Correct the shot";

export class Boundary {
  /** `open` is called with a kind of transition, `move` with the number of frames by which the shot is to start later. */
  constructor(open, move) {
    Object.assign(this, { open, move });
    this.words = make("span", { class: "soft" });
    this.edited = make("span", { class: "corrected", hidden: true }, icon("edited"), "Boundary by hand");
    this.buttons = Object.entries(KINDS).map(([kind, word]) => {
      return make("button", { type: "button", dataset: { kind }, onclick: () => open(kind) }, word);
    });
    const kinds = make("div", { class: "kinds", role: "group", "aria-label": "Opens with" }, ...this.buttons);
    const moves = make("div", { class: "moves", role: "group", "aria-label": "Start" }, ...MOVES.map((move) => this.mover(move)));
    this.controls = make("div", { class: "controls" }, kinds, moves);
    this.element = make("div", { class: "opening" }, this.words, this.controls, this.edited);
  }

  bindShortcuts() {
    for (const { key, words, frames } of MOVES) bind(key, GROUP, words, () => this.move(frames));
    bind("t", GROUP, "Open it with a cut, a dissolve, a fade in turn", ({ repeat }) => repeat || this.open(this.following));
  }

  mover({ key, words, symbol, frames }) {
    const attributes = { type: "button", title: `${words} (${key})`, "aria-label": words, "aria-keyshortcuts": key };
    return make("button", { ...attributes, onclick: () => this.move(frames) }, icon(symbol));
  }

  /** Show how a shot opens; `wanted` is the kind on its way to the service. */
  show(shot, wanted, enabled) {
    this.kind = wanted ?? shot.transition;
    const controls = enabled && shot.index > 0;
    this.words.textContent = shot.index === 0 ? "Opens the video" : `Opens with ${controls ? "" : `a ${shot.transition}`}`;
    show(this.controls, controls);
    for (const button of this.buttons) button.setAttribute("aria-pressed", button.dataset.kind === this.kind);
    this.element.classList.toggle("on-its-way", Boolean(wanted));
    show(this.edited, shot.edited);
  }

  /** The kind after the one that is shown. */
  get following() {
    const kinds = Object.keys(KINDS);
    return kinds[(kinds.indexOf(this.kind) + 1) % kinds.length];
  }
}
