// The files that a person chooses, drops or pastes, folders to their bottom. Knows no uploads.

import { at } from "../dom.js";

/** Call `take(files, amidOthers)` with what comes in by any way; `amidOthers` are files that a folder holds. */
export function mountFiles(take) {
  mountInput("choose", "file", (files) => take(files, []));
  mountInput("choose-folder", "folder", (files) => take([], files));
  at("choose-folder").hidden = !("webkitdirectory" in at("folder"));
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    taken(event.clipboardData).then(({ files, inFolders }) => take(files, inFolders));
  });
  mountDrop(take);
}

/** Open the picker for one file; call `then` with what was chosen. */
export function pick(then) {
  const input = at("file").cloneNode();
  input.multiple = false;
  input.addEventListener("change", () => then(input.files[0]));
  input.click();
}

function mountInput(button, input, take) {
  at(button).addEventListener("click", () => at(input).click());
  at(input).addEventListener("change", () => {
    take([...at(input).files]);
    at(input).value = ""; // the same file may be chosen again
  });
}

function mountDrop(take) {
  const over = (shown) => at("drop").classList.toggle("over", shown);
  const brings = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    over(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => over(Boolean(relatedTarget)));
  document.addEventListener("drop", (event) => {
    over(false);
    if (!brings(event)) return;
    event.preventDefault();
    taken(event.dataTransfer).then(({ files, inFolders }) => take(files, inFolders));
  });
}

/** The files of a drop or of the clipboard. Whatever is wanted of it must be asked for before the event is over. */
async function taken({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return { files: [...files], inFolders: [] };
  const folders = entries.filter((entry) => entry.isDirectory);
  const plain = await Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
  const held = await Promise.all(folders.map(filesIn));
  return { files: plain.filter(Boolean), inFolders: held.flat() };
}

/** All files in a folder and its folders, in order of their names. */
async function filesIn(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) break; // it gives a hundred at a time
    entries.push(...some);
  }
  entries.sort((one, other) => one.name.localeCompare(other.name));
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory ? filesIn(entry) : fileOf(entry))));
  return found.flat().filter(Boolean);
}

/** The file of an entry; null where it cannot be read. */
function fileOf(entry) {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
