// The keys of a page: one table, from which both the keyboard and its help are made.

import { at, icon, make } from "./dom.js";

const keys = []; // { key, words, group, action }

/** Let a key, as `KeyboardEvent.key` names it, do something; `words` say what in the help, and null keep it out. */
export function bind(key, group, words, action) {
  keys.push({ key, group, words, action });
}

/** Listen, and put the button that shows the help among the page's actions. To be called when all keys are bound. */
export function mountKeys() {
  const help = make("dialog", { "aria-labelledby": "keys-title" }, make("h2", { id: "keys-title" }, "Keys"), table());
  help.append(make("form", { method: "dialog" }, make("button", {}, "Close")));
  document.body.append(help);
  bind("?", "", null, () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const bound = keys.find(({ key }) => key === event.key || key === event.key.toLowerCase());
    if (!bound || meantForAnother(event)) return;
    event.preventDefault();
    bound.action();
  });
  const button = make("button", { type: "button", title: "Keys (?)", onclick: () => help.showModal() }, icon("keyboard"));
  button.append(make("span", { class: "unseen" }, "Keys"));
  at("actions").append(button);
}

/** Whether the key belongs to what has the focus, to the browser, or to a dialog that is open. */
function meantForAnother({ target, key, ctrlKey, metaKey, altKey, defaultPrevented }) {
  if (defaultPrevented || ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return true;
  if (target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return true;
  return [" ", "Enter"].includes(key) && Boolean(target.closest("button, a, summary, input, [role=button]"));
}

function table() {
  const names = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
  const rows = keys.filter(({ words }) => words);
  const groups = [...new Set(rows.map(({ group }) => group))];
  const row = ({ key, words }) =>
    make("div", {}, make("dt", {}, make("kbd", {}, names[key] ?? key.toUpperCase())), make("dd", {}, words));
  const list = (group) => make("dl", {}, ...rows.filter((one) => one.group === group).map(row));
  return make("div", { class: "keys" }, ...groups.map((group) => make("section", {}, make("h3", {}, group), list(group))));
}
