// The start page: videos come in above, all jobs are listed below.

import { at } from "./dom.js";
import { bind, mountKeys } from "./keys.js";
import { mountJobs } from "./start/joblist.js";
import { mountUploads } from "./start/uploadlist.js";

mountUploads(mountJobs());
bind("u", "Videos", "Choose videos to upload", () => at("choose").click());
mountKeys();
