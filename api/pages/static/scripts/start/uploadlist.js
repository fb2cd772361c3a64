// The part of the start page where videos come in: what is on its way, and what an earlier visit left unfinished.

import { at, settled } from "../dom.js";
import { notice } from "../notices.js";
import { bytes, count } from "../words.js";
import { mountFiles, pick } from "./files.js";
import { discard, unfinished } from "./stored.js";
import { askTabs, isElsewhere } from "./tabs.js";
import { unfinishedRow, uploadRow } from "./uploadrow.js";
import { Uploads } from "./uploads.js";

/** `arrived(upload)` is called when one has become a job; it returns what takes the focus of the row. */
export function mountUploads(arrived) {
  const uploads = new Uploads(at("upload").dataset);
  const unfinishedRows = new Map(); // by address
  let begun = 0; // how many there were since the page was opened
  let leftOut = 0; // files that were not taken, of the last folder
  let came = 0; // how many have arrived that were not told yet

  const take = async (files, inFolders) => {
    const left = await uploads.add(files, inFolders);
    leftOut = left;
    if (left) notice(`${count(left, "file")} of the folder ${left === 1 ? "is no video and was" : "are no videos and were"} left out.`);
  };

  const add = (upload) => {
    begun += 1;
    const row = uploadRow(upload, () => upload.cancel().catch(({ message }) => notice(message)));
    at("uploads").append(row);
    upload.addEventListener("state", () => {
      forget(upload.address, row.querySelector("button"));
      if (upload.state === "cancelled") leave(row, at("choose"));
      if (upload.state === "done") finish(upload, row);
    });
  };

  const finish = (upload, row) => {
    const only = begun === 1 && !leftOut && at("uploads").children.length === 1;
    leave(row, arrived(upload) ?? at("choose"));
    came += 1;
    if (!uploads.all.some(({ pending }) => pending)) tellArrived(upload);
    if (only) location.assign(`/videos/${upload.job}`);
  };

  /** One notice for many. */
  const tellArrived = ({ name }) => {
    notice(came === 1 ? `“${name}” has arrived.` : `${count(came, "video")} have arrived.`);
    came = 0;
  };

  const showUnfinished = async () => {
    const [all] = await Promise.all([unfinished(), askTabs()]);
    const found = all.filter(({ url }) => !uploads.knows(url) && !isElsewhere(url));
    for (const url of unfinishedRows.keys()) if (!found.some((one) => one.url === url)) forget(url, at("choose"));
    for (const one of found.filter(({ url }) => !unfinishedRows.has(url))) {
      const row = unfinishedRow(one, () => pick((file) => goOn(one, file)), () => giveUp(one));
      unfinishedRows.set(one.url, row);
      at("uploads").append(row);
    }
  };

  const forget = (url, next) => {
    leave(unfinishedRows.get(url), next);
    unfinishedRows.delete(url);
  };

  const goOn = ({ name, size }, file) => {
    if (file.name === name && file.size === size) take([file]);
    else notice(`That is another file. Choose “${name}” of ${bytes(size)}.`);
  };

  const giveUp = ({ url }) => {
    forget(url, at("choose"));
    discard(url).catch(({ message }) => notice(message));
  };

  uploads.addEventListener("added", ({ detail }) => add(detail));
  const changed = settled(300, showUnfinished);
  window.addEventListener("storage", ({ key }) => key?.startsWith("tus::") && changed());
  mountFiles(take);
  showUnfinished();
}

/** Take a row away, where there is one; the focus goes on elsewhere if the row had it. */
function leave(row, next) {
  const focused = row?.contains(document.activeElement);
  row?.remove();
  if (focused) next.focus();
}
