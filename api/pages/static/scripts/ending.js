// How a page says that its video has failed or is not there: the service's reason stays, above a way out.

import { at, show } from "./dom.js";
import { showError } from "./notices.js";

/** Show the trouble of a job while it lasts, why the job has failed, and whether there is such a video at all. */
export function mountEnding(job) {
  job.addEventListener("trouble", ({ detail }) => showError(detail));
  job.addEventListener("state", () => tell(job.data.state === "failed" ? job.data.error : null));
  job.addEventListener("gone", ({ detail }) => {
    showError(null);
    tell(detail.message);
    document.title = "No such video – Shotlens";
    at("name").textContent = job.data ? `“${job.data.filename}” is gone` : "There is no such video";
  });
}

function tell(reason) {
  show(at("ending"), reason !== null);
  if (at("reason").textContent !== (reason ?? "")) at("reason").textContent = reason ?? "";
}
