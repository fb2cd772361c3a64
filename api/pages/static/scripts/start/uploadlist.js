// The uploads on the start page: those on their way, and those that an earlier visit left unfinished.

import { at, debounce } from "../dom.js";
import { notice } from "../notices.js";
import { bytes, count } from "../words.js";
import { mountFiles, pick } from "./files.js";
import { discard, unfinished } from "./stored.js";
import { askTabs, isElsewhere } from "./tabs.js";
import { unfinishedRow, uploadRow } from "./uploadrow.js";
import { Uploads } from "./uploads.js";

/** `arrived(upload)` is called when an upload has become a job; it returns what takes the focus of the row. */
export function mountUploads(arrived) {
  const uploads = new Uploads(at("upload").dataset);
  const unfinishedRows = new Map(); // by address
  let started = 0; // uploads since the page was opened
  let leftOut = 0; // files of the last folder that were left out
  let arrivedCount = 0; // uploads that have arrived without a notice so far

  const take = async (files, inFolders) => {
    const left = await uploads.add(files, inFolders);
    leftOut = left;
    if (left) notice(`${count(left, "file")} of the folder ${left === 1 ? "is no video and was" : "are no videos and were"} left out.`);
  };

  const add = (upload) => {
    started += 1;
    const row = uploadRow(upload, () => upload.cancel().catch(({ message }) => notice(message)));
    at("uploads").append(row);
    upload.addEventListener("state", () => {
      forget(upload.address, row.querySelector("button"));
      if (upload.state === "cancelled") removeRow(row, at("choose"));
      if (upload.state === "done") finish(upload, row);
    });
  };

  const finish = (upload, row) => {
    const isOnly = started === 1 && !leftOut && at("uploads").children.length === 1;
    removeRow(row, arrived(upload) ?? at("choose"));
    arrivedCount += 1;
    if (!uploads.all.some(({ pending }) => pending)) announceArrivals(upload);
    if (isOnly) location.assign(`/videos/${upload.job}`);
  };

  /** Show one notice for all that have arrived. */
  const announceArrivals = ({ name }) => {
    notice(arrivedCount === 1 ? `“${name}” has arrived.` : `${count(arrivedCount, "video")} have arrived.`);
    arrivedCount = 0;
  };

  const showUnfinished = async () => {
    const [stored] = await Promise.all([unfinished(), askTabs()]);
    const resumable = stored.filter(({ url }) => !uploads.knows(url) && !isElsewhere(url));
    for (const url of unfinishedRows.keys()) if (!resumable.some((upload) => upload.url === url)) forget(url, at("choose"));
    for (const upload of resumable.filter(({ url }) => !unfinishedRows.has(url))) {
      const row = unfinishedRow(upload, () => pick((file) => resume(upload, file)), () => giveUp(upload));
      unfinishedRows.set(upload.url, row);
      at("uploads").append(row);
    }
  };

  const forget = (url, next) => {
    removeRow(unfinishedRows.get(url), next);
    unfinishedRows.delete(url);
  };

  const resume = ({ name, size }, file) => {
    if (file.name === name && file.size === size) take([file]);
    else notice(`That is another file. Choose “${name}” of ${bytes(size)}.`);
  };

  const giveUp = ({ url }) => {
    forget(url, at("choose"));
    discard(url).catch(({ message }) => notice(message));
  };

  uploads.addEventListener("added", ({ detail }) => add(detail));
  const refreshSoon = debounce(300, showUnfinished);
  window.addEventListener("storage", ({ key }) => key?.startsWith("tus::") && refreshSoon());
  mountFiles(take);
  showUnfinished();
}

/** Remove a row, if there is one; `next` takes the focus if the row had it. */
function removeRow(row, next) {
  const focused = row?.contains(document.activeElement);
  row?.remove();
  if (focused) next.focus();
}
