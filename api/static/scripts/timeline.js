export function mountTimeline(job, player) {}
