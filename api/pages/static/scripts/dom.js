// Making and finding elements. Knows nothing of jobs.

export const at = (id) => document.getElementById(id);

/** Make an element: `make("button", { type: "button", class: "quiet", hidden: true, onclick: f }, "Undo")`.
 *
 * A function is a listener, a boolean a property, `dataset` an object; everything else is an attribute, and null none. */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for the elements of a drawing. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** An icon of `icons.svg`, which says nothing to a screen reader. */
export function icon(name) {
  return draw("svg", { class: "icon", "aria-hidden": "true" }, draw("use", { href: `/static/icons.svg#${name}` }));
}

export function show(element, shown = true) {
  element.hidden = !shown;
}

/** Call `then` once the calls have stopped for so many milliseconds. */
export function settled(milliseconds, then) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => then(...values), milliseconds);
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
