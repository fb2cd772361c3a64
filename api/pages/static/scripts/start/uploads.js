// All uploads of this page: two at a time, the others wait in order. Knows no elements.

import { isVideoFile, wrongWith } from "./containers.js";
import { tell } from "./tabs.js";
import { Upload } from "./upload.js";

const AT_ONCE = 2;

/** Tells `added`, whose `detail` is the upload, and `changed` when one has another state. */
export class Uploads extends EventTarget {
  constructor(accepts) {
    super();
    this.accepts = accepts; // limit, limitText, accepted
    this.all = [];
    window.addEventListener("online", () => this.all.filter(({ state }) => state === "lost").forEach((one) => one.again()));
    window.addEventListener("beforeunload", (event) => {
      if (this.all.some(({ pending }) => pending)) event.preventDefault();
    });
  }

  /** Take files, and of folders those that are videos; return how many were left out. All are looked at before one begins. */
  async add(files, inFolders = []) {
    const videos = [];
    for (const file of inFolders) if (await isVideoFile(file)) videos.push(file);
    const looked = [];
    for (const file of [...files, ...videos]) looked.push([file, await wrongWith(file, this.accepts)]);
    for (const [file, wrong] of looked) this.take(file, wrong);
    return inFolders.length - videos.length;
  }

  /** Whether an upload with this address is one of this page. */
  knows(url) {
    return this.all.some(({ address }) => address === url);
  }

  has(file) {
    const same = (one) => ["name", "size", "lastModified"].every((key) => one.file[key] === file[key]);
    return this.all.some((one) => (one.pending || one.state === "paused") && same(one));
  }

  take(file, wrong) {
    if (this.has(file)) return;
    const upload = new Upload(file);
    this.all.push(upload);
    this.dispatchEvent(new CustomEvent("added", { detail: upload }));
    upload.addEventListener("state", () => this.change(upload));
    if (wrong) upload.refuse(wrong);
    else this.next();
  }

  change({ state }) {
    if (state === "cancelled" || state === "done") this.all = this.all.filter((one) => one.state !== state);
    tell(this.all.map(({ address }) => address).filter(Boolean));
    this.next();
    this.dispatchEvent(new Event("changed"));
  }

  /** Give a free place to the first that waits. That changes its state, by which the next one has its turn. */
  next() {
    const taken = this.all.filter(({ active }) => active).length;
    if (taken < AT_ONCE) this.all.find(({ state }) => state === "waiting")?.start();
  }
}
