export function mountPanel(job, player) {}
