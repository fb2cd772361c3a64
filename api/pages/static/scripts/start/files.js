// The files that a person chooses, drops or pastes, folders with all they contain. Knows no uploads.

import { at } from "../dom.js";

/** Call `take(files, inFolders)` with files that come in any way; `inFolders` are those found in folders. */
export function mountFiles(take) {
  mountInput("choose", "file", (files) => take(files, []));
  mountInput("choose-folder", "folder", (files) => take([], files));
  at("choose-folder").hidden = !("webkitdirectory" in at("folder"));
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    filesFrom(event.clipboardData).then(({ files, inFolders }) => take(files, inFolders));
  });
  mountDrop(take);
}

/** Open the file picker for one file; call `callback` with it. */
export function pick(callback) {
  const input = at("file").cloneNode();
  input.multiple = false;
  input.addEventListener("change", () => callback(input.files[0]));
  input.click();
}

function mountInput(button, input, take) {
  at(button).addEventListener("click", () => at(input).click());
  at(input).addEventListener("change", () => {
    take([...at(input).files]);
    at(input).value = ""; // so that the same file can be chosen again
  });
}

function mountDrop(take) {
  const highlight = (shown) => at("drop").classList.toggle("over", shown);
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    highlight(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => highlight(Boolean(relatedTarget)));
  document.addEventListener("drop", (event) => {
    highlight(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    filesFrom(event.dataTransfer).then(({ files, inFolders }) => take(files, inFolders));
  });
}

/** The files of a drop or of the clipboard. Ask it for its entries at once: they are gone when the event is over. */
async function filesFrom({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return { files: [...files], inFolders: [] };
  const folders = entries.filter((entry) => entry.isDirectory);
  const single = await Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
  const nested = await Promise.all(folders.map(filesIn));
  return { files: single.filter(Boolean), inFolders: nested.flat() };
}

/** All files in a folder and its subfolders, in order of their names. */
async function filesIn(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const batch = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!batch.length) break; // a batch is a hundred entries at most
    entries.push(...batch);
  }
  entries.sort((a, b) => a.name.localeCompare(b.name));
  const files = await Promise.all(entries.map((entry) => (entry.isDirectory ? filesIn(entry) : fileOf(entry))));
  return files.flat().filter(Boolean);
}

/** The file of an entry; null if it cannot be read. */
function fileOf(entry) {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
