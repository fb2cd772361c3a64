// What the browser keeps for this site. Where it is told to keep nothing, the page remembers until it is left.

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

const kept = (name) => {
  try {
    return window[name]; // the mere mention throws where it is forbidden
  } catch {
    return new Memory();
  }
};

/** For all tabs, or for this one; as `localStorage` and `sessionStorage` are. */
export const [shared, own] = ["localStorage", "sessionStorage"].map(kept);

/** Whether the next page of this tab will know what `own` holds. */
export const lasting = !(own instanceof Memory);
