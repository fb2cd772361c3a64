export function mountFigures(job) {}
