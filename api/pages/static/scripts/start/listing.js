// The jobs of the service as the start page knows them: newest first, searched, kept up to date. Knows no elements.

import { Refusal, ask } from "../http.js";
import { RUNNING } from "../job.js";

const LIMIT = 100; // jobs in a page
const SOON = 2; // seconds between two looks, for each page, while one of the jobs runs or the service does not answer
const LATER = 10;

/** Tells `jobs`, and `trouble`, whose `detail` is the Refusal, or null when the service answers again. */
export class Listing extends EventTarget {
  /** `hides(id)` says whether a job is not to be shown. */
  constructor(hides) {
    super();
    this.hides = hides;
    this.jobs = null; // as GET /jobs has them; null until they are loaded
    this.next = null; // the address of what follows
    this.query = { name: "", state: "" };
    this.pages = 1;
    this.turn = 0; // counts the looks: of two at a time only the later one counts
    this.trouble = null;
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : this.refresh()));
  }

  get searched() {
    return Boolean(this.query.name || this.query.state);
  }

  /** Show only jobs with this in their names, or of this state. */
  search(query) {
    this.query = query;
    this.pages = 1;
    return this.refresh(true);
  }

  /** Show a page more. */
  more() {
    return this.look(async () => {
      const { jobs, next } = await page(this.next);
      this.pages += 1;
      return { jobs: [...this.jobs, ...jobs], next };
    });
  }

  /** Hide what is to be hidden by now. */
  hide() {
    this.jobs = this.jobs?.filter(({ id }) => !this.hides(id)) ?? null;
    this.tell("jobs");
  }

  /** Show a job that is not in the list yet. */
  put(job) {
    if (!this.searched && this.jobs && !this.jobs.some(({ id }) => id === job.id)) this.jobs.unshift(job);
    this.tell("jobs");
    this.refresh();
  }

  /** Look now, and again after a while. */
  refresh(anew = false) {
    return this.look(() => this.read(), anew);
  }

  async look(read, anew = false) {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    let trouble = null;
    try {
      const found = await read();
      if (turn === this.turn) this.take(found, anew);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      trouble = refusal;
    }
    if (turn !== this.turn) return;
    if (trouble?.message !== this.trouble?.message) this.tell("trouble", trouble);
    this.trouble = trouble;
    if (!document.hidden) this.timer = setTimeout(() => this.refresh(anew && Boolean(trouble)), 1000 * this.wait(trouble));
  }

  /** All pages that are shown. */
  async read() {
    const asked = Object.entries({ limit: LIMIT, ...this.query }).filter(([, value]) => value);
    let found = { jobs: [], next: `/jobs?${new URLSearchParams(asked)}` };
    for (let number = 0; found.next && number < this.pages; number++) {
      const { jobs, next } = await page(found.next);
      found = { jobs: [...found.jobs, ...jobs], next };
    }
    return found;
  }

  /** What has slipped behind the last page by newer ones stays as it was. */
  take({ jobs, next }, anew) {
    const last = jobs.at(-1)?.created ?? Infinity;
    const behind = next && !anew ? (this.jobs ?? []).filter(({ created }) => created < last) : [];
    this.jobs = [...jobs, ...behind];
    this.next = next;
    this.hide();
  }

  wait(trouble) {
    const soon = trouble || !this.jobs || this.jobs.some(({ state }) => RUNNING.includes(state));
    return trouble?.wait || (soon ? SOON : LATER) * this.pages;
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

const page = async (address) => (await ask(address)).json();
