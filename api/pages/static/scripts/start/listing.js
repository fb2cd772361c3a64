// The jobs of the service for the start page: newest first, searched, kept up to date. Knows no elements.

import { Refusal, ask } from "../http.js";
import { RUNNING } from "../job.js";

const LIMIT = 100; // jobs per page
const SOON = 2; // seconds between two updates, times the pages shown, while a job runs or the service does not answer
const LATER = 10;

/** Events: `jobs`; `trouble`, whose `detail` is the Refusal, or null when the service answers again. */
export class Listing extends EventTarget {
  /** `isHidden(id)` says whether a job must not be shown. */
  constructor(isHidden) {
    super();
    this.isHidden = isHidden;
    this.jobs = null; // as in GET /jobs; null until they are loaded
    this.next = null; // the address of the next page
    this.query = { name: "", state: "" };
    this.pages = 1;
    this.turn = 0; // counts the updates: of two at the same time, only the later one counts
    this.trouble = null;
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : this.refresh()));
  }

  get searched() {
    return Boolean(this.query.name || this.query.state);
  }

  /** Show only jobs with this text in their names, and in this state. */
  search(query) {
    this.query = query;
    this.pages = 1;
    return this.refresh(true);
  }

  /** Show one page more. */
  more() {
    return this.update(async () => {
      const { jobs, next } = await page(this.next);
      this.pages += 1;
      return { jobs: [...this.jobs, ...jobs], next };
    });
  }

  /** Leave out the jobs that must not be shown by now. */
  hide() {
    this.jobs = this.jobs?.filter(({ id }) => !this.isHidden(id)) ?? null;
    this.emit("jobs");
  }

  /** Show a job that is not in the list yet. */
  add(job) {
    if (!this.searched && this.jobs && !this.jobs.some(({ id }) => id === job.id)) this.jobs.unshift(job);
    this.emit("jobs");
    this.refresh();
  }

  /** Load the list now, and again after a while. */
  refresh(fresh = false) {
    return this.update(() => this.read(), fresh);
  }

  async update(read, fresh = false) {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    let trouble = null;
    try {
      const result = await read();
      if (turn === this.turn) this.receive(result, fresh);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      trouble = refusal;
    }
    if (turn !== this.turn) return;
    if (trouble?.message !== this.trouble?.message) this.emit("trouble", trouble);
    this.trouble = trouble;
    if (!document.hidden) this.timer = setTimeout(() => this.refresh(fresh && Boolean(trouble)), 1000 * this.wait(trouble));
  }

  /** Load all pages that are shown. */
  async read() {
    const parameters = Object.entries({ limit: LIMIT, ...this.query }).filter(([, value]) => value);
    let result = { jobs: [], next: `/jobs?${new URLSearchParams(parameters)}` };
    for (let number = 0; result.next && number < this.pages; number++) {
      const { jobs, next } = await page(result.next);
      result = { jobs: [...result.jobs, ...jobs], next };
    }
    return result;
  }

  /** Jobs that newer ones have pushed out of the last page stay as they were. */
  receive({ jobs, next }, fresh) {
    const last = jobs.at(-1)?.created ?? Infinity;
    const pushedOut = next && !fresh ? (this.jobs ?? []).filter(({ created }) => created < last) : [];
    this.jobs = [...jobs, ...pushedOut];
    this.next = next;
    this.hide();
  }

  wait(trouble) {
    const soon = trouble || !this.jobs || this.jobs.some(({ state }) => RUNNING.includes(state));
    return trouble?.wait || (soon ? SOON : LATER) * this.pages;
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const page = async (address) => (await ask(address)).json();
