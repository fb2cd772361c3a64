export function mountTakeaway(job) {}
