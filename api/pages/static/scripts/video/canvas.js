// Makes a canvas as sharp as the screen.

/** Clear a canvas and give it this size in CSS pixels; return a context that draws in CSS pixels. */
export function sharpContext(canvas, width, height) {
  const density = devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(density, density);
  return context;
}
