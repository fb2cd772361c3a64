// Jobs to be deleted. The browser stores them until the service has deleted them, so that they stay hidden after a
// reload and in other tabs.

import { Refusal, ask } from "./http.js";
import { lasting, own, shared } from "./storage.js";

const PREFIX = "shotlens.deletion.";
const HANDED_OVER = "shotlens.deleted";
const SECONDS = 8.5; // a little longer than the notice that offers to undo it

/**
 * Hand a job over to the start page, which deletes it in a few seconds and offers to undo that.
 * If the browser cannot store it, delete the job at once. Throws Refusal.
 */
export async function handOver({ id, filename }) {
  if (lasting) own.setItem(HANDED_OVER, JSON.stringify({ id, filename }));
  else await ask(`/jobs/${id}`, { method: "DELETE" });
  location.assign("/");
}

/** Return the job that another page of this tab has handed over; null if there is none. */
export function handedOver() {
  const text = own.getItem(HANDED_OVER);
  own.removeItem(HANDED_OVER);
  return JSON.parse(text);
}

/** Events: `planned` for a job to delete, `settled` for one deleted or kept, `refused` with the Refusal as `detail`. */
export class Deletions extends EventTarget {
  constructor() {
    super();
    this.undoable = new Set(); // ids of the jobs whose deletion this tab offers to undo
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key?.startsWith(PREFIX)) this.emit(newValue ? "planned" : "settled");
    });
    window.addEventListener("pagehide", () => this.undoable.forEach((id) => this.send(id, true)));
    setInterval(() => this.sendDue(), 1000);
    this.sendDue();
  }

  /** Whether a job is about to be deleted. */
  has(id) {
    return shared.getItem(PREFIX + id) !== null;
  }

  /** Delete a job in a few seconds. */
  plan(id) {
    this.undoable.add(id);
    shared.setItem(PREFIX + id, Date.now() + 1000 * SECONDS);
    this.emit("planned");
  }

  /** Keep the job after all; return whether there was still time. */
  undo(id) {
    const inTime = this.undoable.delete(id) && this.has(id);
    shared.removeItem(PREFIX + id);
    return inTime;
  }

  /** Send the deletions that are due, of any tab. */
  sendDue() {
    for (const key of Object.keys(shared)) {
      if (key.startsWith(PREFIX) && Number(shared.getItem(key)) <= Date.now()) this.send(key.slice(PREFIX.length));
    }
  }

  async send(id, keepalive = false) {
    this.undoable.delete(id);
    try {
      await ask(`/jobs/${id}`, { method: "DELETE", keepalive });
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.temporary) return; // it stays stored, and the next turn sends it again
      if (refusal.status !== 404) this.emit("refused", refusal);
    }
    shared.removeItem(PREFIX + id);
    this.emit("settled");
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
