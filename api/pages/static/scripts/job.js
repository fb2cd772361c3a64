// One job as the pages know it: loaded, followed while it runs, corrected. Knows no elements.

import { Refusal, ask, sleep } from "./http.js";
import { HEADS, isUnsure, labelOf } from "./words.js";

export const RUNNING = ["queued", "splitting", "predicting"];
export const TRY_AGAIN = 2; // seconds, while the service does not answer

/** What a shot may be besides its labels. */
export const MARKS = {
  uncertain: (shot) => Object.keys(HEADS).some((head) => isUnsure(shot, head)),
  corrected: (shot) => Boolean(shot.corrected || shot.edited),
};

/**
 * Tells by events what has changed:
 *
 *   state      state, progress, error, facts of the video
 *   shots      some or all shots; `detail` is the index of the only one that changed, or null
 *   selection  `selected` is the index of another shot
 *   filter     `filter` or `marks` has changed: what the list shows; of `filter`, what the exports hold
 *   trouble    `detail` is the Refusal while the service does not answer, and null when it does again
 *   gone       the job is unknown or deleted; `detail` is the Refusal
 */
export class Job extends EventTarget {
  constructor(id) {
    super();
    this.id = id;
    this.address = `/jobs/${encodeURIComponent(id)}`;
    this.data = null; // as GET /jobs/<id> has it; null until it is loaded
    this.etag = null; // names what is shown, for corrections; null while it runs
    this.selected = 0; // the index of the shot that is looked at
    // By head, the labels that are shown; an empty set is all.
    this.filter = Object.fromEntries(Object.keys(HEADS).map((head) => [head, new Set()]));
    this.marks = new Set(); // of MARKS, what a shot must be to be shown; the exports know nothing of it
  }

  /** The shots so far, by index. While the job runs, one may be missing amid others. */
  get shots() {
    return this.data?.shots ?? [];
  }

  get running() {
    return !this.data || RUNNING.includes(this.data.state);
  }

  /** The shot of this index; undefined where it has not come yet. */
  shot(index) {
    const found = this.shots[index];
    return found?.index === index ? found : this.shots.find((shot) => shot.index === index);
  }

  /** The shot that is on the screen at this time; the last one behind the end. */
  shotAt(time) {
    return this.last((shot) => shot.start <= time);
  }

  /** The shot that has this frame. */
  shotOf(frame) {
    return this.last((shot) => shot.start_frame <= frame);
  }

  /** The last shot of which something is true that is true of all before it. */
  last(reached) {
    let [low, high] = [0, this.shots.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (reached(this.shots[middle])) low = middle;
      else high = middle - 1;
    }
    return this.shots[low];
  }

  /** The number of the frame at this time, reckoned within its shot as if its frames came evenly. */
  frameAt(time) {
    const { start_frame: first, end_frame: end, start, end: until } = this.shotAt(time);
    const frame = first + Math.floor(((time - start) / (until - start)) * (end - first) + 1e-3);
    return Math.min(Math.max(first, frame), end - 1);
  }

  /** Look at another shot; an index beyond the ends is the nearest one. */
  select(index) {
    const most = this.shots.at(-1)?.index ?? 0;
    const selected = Math.min(Math.max(0, index), most);
    if (selected === this.selected) return;
    this.selected = selected;
    this.tell("selection");
  }

  /** Whether the filter lets a shot through. */
  passes(shot) {
    const labelled = Object.entries(this.filter).every(([head, labels]) => !labels.size || labels.has(labelOf(shot, head)));
    return labelled && [...this.marks].every((mark) => MARKS[mark](shot));
  }

  /** Load it and follow it to its end, whatever happens to the connection. */
  async follow() {
    for (;;) {
      try {
        await this.load();
        this.tell("trouble", null);
        if (!this.running) return;
        await this.stream();
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        if (!refusal.passing) return this.tell("gone", refusal);
        this.tell("trouble", refusal);
        await sleep(refusal.wait || TRY_AGAIN);
      }
    }
  }

  /** Load all that is known of it by now. Raises Refusal. */
  async load() {
    await this.take(await ask(this.address));
  }

  /** Set labels of a shot by hand, `{ scale: "CS" }`; null takes one back. Raises Refusal, as all corrections do. */
  label(index, labels) {
    return this.correct(`/shots/${index}`, "PATCH", labels, index);
  }

  /** Make two shots of one; `frame` is the first of the second. */
  split(index, frame) {
    return this.correct(`/shots/${index}/split`, "POST", { frame });
  }

  /** Make one shot of this and the following one. */
  merge(index) {
    return this.correct(`/shots/${index}/merge`, "POST");
  }

  /** Take the last correction back. */
  undo() {
    return this.correct("/undo", "POST");
  }

  /** Correct the job as it is shown: one at a time (corrections.js). `only` is the one shot that this can change. */
  async correct(path, method, body, only = null) {
    try {
      await this.take(await ask(this.address + path, { method, body, headers: { "If-Match": this.etag } }), only);
    } catch (refusal) {
      if (refusal.status === 412) await this.load(); // somebody else was first: show what they did
      throw refusal;
    }
  }

  /** Take what the service has answered. Shots may be numbered anew: the same frames stay selected. */
  async take(answer, only = null) {
    const data = await answer.json().catch(() => {
      throw new Refusal(0, "The server does not answer."); // it broke off amid the answer
    });
    const [before, shot] = [this.selected, this.shot(this.selected)];
    this.data = data;
    this.etag = answer.headers.get("ETag");
    this.selected = shot ? (this.shotOf(shot.start_frame)?.index ?? 0) : Math.min(before, Math.max(0, this.shots.length - 1));
    this.tell("state");
    this.tell("shots", only);
    if (this.selected !== before) this.tell("selection");
  }

  /** Take events until the stream ends; the browser itself comes again when it breaks. */
  stream() {
    return new Promise((resolve) => {
      const source = new EventSource(`${this.address}/events`);
      let lost = 0; // the timer that tells of trouble
      const end = () => {
        clearTimeout(lost);
        source.close();
        resolve();
      };
      source.addEventListener("shot", ({ data }) => this.data.video ? this.put(JSON.parse(data)) : end());
      source.addEventListener("progress", ({ data }) => this.change(JSON.parse(data)));
      source.addEventListener("state", ({ data }) => {
        const { state, progress, error } = JSON.parse(data);
        if (RUNNING.includes(state)) this.change({ state, progress, error });
        else end();
      });
      source.addEventListener("open", () => {
        clearTimeout(lost);
        this.tell("trouble", null);
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) sleep(TRY_AGAIN).then(end);
        // A stream ends after a minute and is opened again, which is no trouble.
        clearTimeout(lost);
        lost = setTimeout(() => this.tell("trouble", new Refusal(0, "The server does not answer. Trying again …")), 3000);
      });
    });
  }

  change(values) {
    Object.assign(this.data, values);
    this.tell("state");
  }

  put(shot) {
    const place = this.shots.findIndex((other) => other.index >= shot.index);
    const known = place >= 0 && this.shots[place].index === shot.index;
    this.shots.splice(place < 0 ? this.shots.length : place, known ? 1 : 0, shot);
    this.tell("shots", shot.index);
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
