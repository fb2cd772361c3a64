// Deleting the video of a page, once a person has said yes.

import { at, icon, make } from "./dom.js";
import { ask } from "./http.js";

const QUESTION = "Delete this video, its shots and its corrections?";

export function mountDelete(job) {
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const really = make("button", { type: "button", class: "danger", onclick: () => remove(job, error) }, icon("delete"), "Delete");
  const buttons = make("form", { method: "dialog", class: "actions" }, make("button", {}, "Cancel"), really);
  const dialog = make("dialog", { class: "question", "aria-labelledby": "delete-title", "aria-describedby": "delete-text" });
  dialog.append(make("h2", { id: "delete-title" }, QUESTION), make("p", { id: "delete-text" }, "This cannot be undone."), error, buttons);
  document.body.append(dialog);
  at("actions").append(make("button", { type: "button", class: "danger", onclick: () => dialog.showModal() }, icon("delete"), "Delete"));
}

/** Delete it and go to the other videos; where the service says no, its sentence stands in the dialog. */
async function remove(job, error) {
  try {
    await ask(job.address, { method: "DELETE" });
  } catch (refusal) {
    if (refusal.status !== 404) {
      error.textContent = refusal.message;
      error.hidden = false;
      return;
    }
  }
  location.assign("/");
}
