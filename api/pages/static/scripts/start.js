// The start page: uploads above, the list of all jobs below.

import { at } from "./dom.js";
import { bind, mountShortcuts } from "./shortcuts.js";
import { mountJobs } from "./start/joblist.js";
import { mountUploads } from "./start/uploadlist.js";

mountUploads(mountJobs());
bind("u", "Videos", "Choose videos to upload", () => at("choose").click());
mountShortcuts();
