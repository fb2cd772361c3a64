// The keys of a page: one table, from which both the keyboard and its help are made.

import { at, icon, make } from "./dom.js";

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const keys = []; // { key, words, group, action }

/** Let a key, as `KeyboardEvent.key` names it, do something; `Ctrl+z` is ⌘Z too. The action is given the event.
 *
 * `words` say in the help what it does, keys of the same words together; null keeps it out. */
export function bind(key, group, words, action) {
  keys.push({ key, group, words, action });
}

/** Listen, and put the button that shows the help among the page's actions. To be called when all keys are bound. */
export function mountKeys() {
  const help = make("dialog", { "aria-labelledby": "keys-title" }, make("h2", { id: "keys-title" }, "Keys"));
  bind("?", "Help", "Show these keys", () => help.showModal());
  help.append(table(), make("form", { method: "dialog" }, make("button", {}, "Close")));
  document.body.append(help);
  document.addEventListener("keydown", (event) => {
    const bound = keys.find(({ key }) => isPressed(key, event));
    if (!bound || meantForAnother(event)) return;
    event.preventDefault();
    bound.action(event);
  });
  const button = make("button", { type: "button", title: "Keys (?)", onclick: () => help.showModal() }, icon("keyboard"));
  button.append(make("span", { class: "unseen" }, "Keys"));
  at("actions").append(button);
}

/** Whether the event is this key: a letter whether or not Caps Lock is on. */
function isPressed(key, { key: pressed, ctrlKey, metaKey, shiftKey }) {
  if (!ctrlKey && !metaKey) return key === pressed || key === pressed.toLowerCase();
  return key === `Ctrl+${pressed}` && !shiftKey;
}

/** Whether the key belongs to what has the focus, to the browser, or to a dialog that is open. */
function meantForAnother({ target, key, altKey, defaultPrevented }) {
  if (defaultPrevented || altKey || document.querySelector("dialog[open]")) return true;
  if (target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return true;
  return [" ", "Enter"].includes(key) && Boolean(target.closest("button, a, summary, input, [role=button]"));
}

/** A list for each group, a line for each thing that can be done. */
function table() {
  const shown = keys.filter(({ words }) => words);
  return make("div", { class: "keys" }, ...by("group", shown).map(([group, bound]) => section(group, bound)));
}

function section(group, bound) {
  const lines = by("words", bound).map(([words, same]) => line(words, same));
  return make("section", {}, make("h3", {}, group), make("dl", {}, ...lines));
}

function line(words, same) {
  return make("div", {}, make("dt", {}, ...same.map(({ key }) => chord(key))), make("dd", {}, words));
}

/** A key as it is typed, with the one that is held down meanwhile. */
function chord(key) {
  const held = key.startsWith("Ctrl+");
  const pressed = held ? key.slice("Ctrl+".length) : key;
  const control = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
  return make("span", { class: "chord" }, held ? make("kbd", {}, control) : null, make("kbd", {}, NAMES[pressed] ?? pressed));
}

/** Those with the same word together, in the order in which they came. */
function by(part, rows) {
  const words = [...new Set(rows.map((row) => row[part]))];
  return words.map((word) => [word, rows.filter((row) => row[part] === word)]);
}
