// The keyboard shortcuts of a page: one table for both the keyboard and its help.

import { at, icon, make } from "./dom.js";

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const shortcuts = []; // { key, words, group, action }

/** Bind an action to a key, named as in `KeyboardEvent.key`; `Ctrl+z` is also ⌘Z, and `Ctrl+Z` is with Shift. The action
 * receives the event.
 *
 * `words` say in the help what it does; keys with the same words share a line, and null leaves a key out. */
export function bind(key, group, words, action) {
  shortcuts.push({ key, group, words, action });
}

/** Listen to the keyboard, and add the button of the help to the page's actions. Call this after the last `bind`. */
export function mountShortcuts() {
  const help = make("dialog", { "aria-labelledby": "keys-title" }, make("h2", { id: "keys-title" }, "Keys"));
  bind("?", "Help", "Show these keys", () => help.showModal());
  help.append(table(), make("form", { method: "dialog" }, make("button", {}, "Close")));
  document.body.append(help);
  document.addEventListener("keydown", (event) => {
    const shortcut = shortcuts.find(({ key }) => isPressed(key, event));
    if (!shortcut || belongsElsewhere(event)) return;
    event.preventDefault();
    shortcut.action(event);
  });
  const button = make("button", { type: "button", title: "Keys (?)", onclick: () => help.showModal() }, icon("keyboard"));
  button.append(make("span", { class: "unseen" }, "Keys"));
  at("actions").append(button);
}

/** Whether the event is this key; a letter matches with Caps Lock on, too. */
function isPressed(key, { key: pressed, ctrlKey, metaKey, altKey, shiftKey }) {
  const typed = !metaKey && (!ctrlKey || altKey); // Ctrl and Alt together are AltGr
  if (typed) return key === pressed || key === pressed.toLowerCase();
  return key === `Ctrl+${shiftKey ? pressed.toUpperCase() : pressed.toLowerCase()}`;
}

/** Whether the key belongs to the element with the focus, to the browser, or to an open dialog. */
function belongsElsewhere({ target, key, altKey, defaultPrevented }) {
  const alt = altKey && !"[]".includes(key); // many keyboards have brackets on Alt
  if (defaultPrevented || alt || document.querySelector("dialog[open]")) return true;
  if (target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return true;
  return [" ", "Enter"].includes(key) && Boolean(target.closest("button, a, summary, input, [role=button]"));
}

/** A list for each group, a line for each action. */
function table() {
  const described = shortcuts.filter(({ words }) => words);
  return make("div", { class: "keys" }, ...groupBy("group", described).map(([group, bound]) => section(group, bound)));
}

function section(group, bound) {
  const lines = groupBy("words", bound).map(([words, alternatives]) => line(words, alternatives));
  return make("section", {}, make("h3", {}, group), make("dl", {}, ...lines));
}

function line(words, alternatives) {
  return make("div", {}, make("dt", {}, ...alternatives.map(({ key }) => chord(key))), make("dd", {}, words));
}

/** A key as it is typed, after Ctrl or ⌘, and Shift, if they are held down. */
function chord(key) {
  const pressed = key.replace("Ctrl+", "");
  const ctrl = key === pressed ? [] : [/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"];
  const shift = ctrl.length && pressed !== pressed.toLowerCase() ? ["Shift"] : [];
  const keys = [...ctrl, ...shift, NAMES[pressed] ?? (ctrl.length ? pressed.toLowerCase() : pressed)];
  return make("span", { class: "chord" }, ...keys.map((name) => make("kbd", {}, name)));
}

/** Rows grouped by the value of a property, in the order in which the values first occur. */
function groupBy(part, rows) {
  const values = [...new Set(rows.map((row) => row[part]))];
  return values.map((value) => [value, rows.filter((row) => row[part] === value)]);
}
