export function mountShots(job, player) {}
