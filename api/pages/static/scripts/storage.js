// What the browser stores for this site. If the browser may store nothing, the page remembers it until it is left.

class Memory {
  getItem(key) {
    return this[key] ?? null;
  }

  setItem(key, value) {
    this[key] = String(value);
  }

  removeItem(key) {
    delete this[key];
  }
}

const storageOf = (name) => {
  try {
    return window[name]; // even reading the property throws where storage is forbidden
  } catch {
    return new Memory();
  }
};

/** For all tabs, and for this one; used like `localStorage` and `sessionStorage`. */
export const [shared, own] = ["localStorage", "sessionStorage"].map(storageOf);

/** Whether the next page of this tab can read what `own` holds. */
export const lasting = !(own instanceof Memory);
