// All uploads of this page: two at a time, the others wait in order. Knows no elements.

import { isVideoFile, problemWith } from "./containers.js";
import { announce } from "./tabs.js";
import { Upload } from "./upload.js";

const AT_ONCE = 2;

/** Events: `added`, whose `detail` is the upload; `changed` when an upload changes its state. */
export class Uploads extends EventTarget {
  constructor(accepts) {
    super();
    this.accepts = accepts; // limit, limitText, accepted
    this.all = [];
    window.addEventListener("online", () =>
      this.all.filter(({ state }) => state === "lost").forEach((upload) => upload.retry()));
    window.addEventListener("beforeunload", (event) => {
      if (this.all.some(({ pending }) => pending)) event.preventDefault();
    });
  }

  /** Add files, and the videos among files in folders; return how many were left out. All are checked before one starts. */
  async add(files, inFolders = []) {
    const videos = [];
    for (const file of inFolders) if (await isVideoFile(file)) videos.push(file);
    const checked = [];
    for (const file of [...files, ...videos]) checked.push([file, await problemWith(file, this.accepts)]);
    for (const [file, problem] of checked) this.enqueue(file, problem);
    return inFolders.length - videos.length;
  }

  /** Whether this page has an upload with this address. */
  knows(url) {
    return this.all.some(({ address }) => address === url);
  }

  has(file) {
    const isSame = (upload) => ["name", "size", "lastModified"].every((key) => upload.file[key] === file[key]);
    return this.all.some((upload) => (upload.pending || upload.state === "paused") && isSame(upload));
  }

  enqueue(file, problem) {
    if (this.has(file)) return;
    const upload = new Upload(file);
    this.all.push(upload);
    this.dispatchEvent(new CustomEvent("added", { detail: upload }));
    upload.addEventListener("state", () => this.change(upload));
    if (problem) upload.refuse(problem);
    else this.next();
  }

  change({ state }) {
    if (state === "cancelled" || state === "done") this.all = this.all.filter((upload) => upload.state !== state);
    announce(this.all.map(({ address }) => address).filter(Boolean));
    this.next();
    this.dispatchEvent(new Event("changed"));
  }

  /** Start the first upload that waits if a place is free. It changes its state, which calls this again for the next one. */
  next() {
    const running = this.all.filter(({ active }) => active).length;
    if (running < AT_ONCE) this.all.find(({ state }) => state === "waiting")?.start();
  }
}
