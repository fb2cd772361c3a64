// Jobs to be deleted: kept in the browser until the service has done it, so that no reload and no other tab shows them.

import { Refusal, ask } from "./http.js";
import { lasting, own, shared } from "./storage.js";

const KEY = "shotlens.deletion.";
const HANDED = "shotlens.deleted";
const SECONDS = 8.5; // a little more than the notice lasts that offers to take it back

/**
 * Leave a job to the start page, which deletes it in a few seconds and offers to take that back.
 * Where nothing can be left to it, delete the job at once; raises Refusal.
 */
export async function handOver({ id, filename }) {
  if (lasting) own.setItem(HANDED, JSON.stringify({ id, filename }));
  else await ask(`/jobs/${id}`, { method: "DELETE" });
  location.assign("/");
}

/** Return the job that another page of this tab has left to be deleted; null where there is none. */
export function handedOver() {
  const text = own.getItem(HANDED);
  own.removeItem(HANDED);
  return JSON.parse(text);
}

/** Tells `planned` when a job is to be deleted, `settled` when one is gone or kept; `refused`, whose `detail` is why. */
export class Deletions extends EventTarget {
  constructor() {
    super();
    this.mine = new Set(); // those that this tab offers to take back
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key?.startsWith(KEY)) this.tell(newValue ? "planned" : "settled");
    });
    window.addEventListener("pagehide", () => this.mine.forEach((id) => this.send(id, true)));
    setInterval(() => this.run(), 1000);
    this.run();
  }

  /** Whether a job is to be deleted. */
  has(id) {
    return shared.getItem(KEY + id) !== null;
  }

  /** Delete a job in a few seconds. */
  plan(id) {
    this.mine.add(id);
    shared.setItem(KEY + id, Date.now() + 1000 * SECONDS);
    this.tell("planned");
  }

  /** Keep the job after all; return whether there was still time. */
  undo(id) {
    const kept = this.mine.delete(id) && this.has(id);
    shared.removeItem(KEY + id);
    return kept;
  }

  /** Send what is due, whichever tab it is of. */
  run() {
    for (const key of Object.keys(shared)) {
      if (key.startsWith(KEY) && Number(shared.getItem(key)) <= Date.now()) this.send(key.slice(KEY.length));
    }
  }

  async send(id, keepalive = false) {
    this.mine.delete(id);
    try {
      await ask(`/jobs/${id}`, { method: "DELETE", keepalive });
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.passing) return; // it stays, and the next turn sends it again
      if (refusal.status !== 404) this.tell("refused", refusal);
    }
    shared.removeItem(KEY + id);
    this.tell("settled");
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
