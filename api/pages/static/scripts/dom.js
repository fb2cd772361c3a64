// Makes and finds elements. Knows no jobs.

export const at = (id) => document.getElementById(id);

/** Make an element: `make("button", { type: "button", class: "quiet", hidden: true, onclick: f }, "Undo")`.
 *
 * A function becomes a listener, a boolean a property; `dataset` is an object; the rest are attributes, unless null. */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Make an SVG element in the same way. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** Make an icon of `icons.svg`, hidden from screen readers. */
export function icon(name) {
  return draw("svg", { class: "icon", "aria-hidden": "true" }, draw("use", { href: `/static/icons.svg#${name}` }));
}

export function show(element, shown = true) {
  element.hidden = !shown;
}

/** Return a function that calls `callback` once it has not been called for so many milliseconds. */
export function debounce(milliseconds, callback) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...values), milliseconds);
  };
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (typeof value === "boolean") element[name] = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
