const across = 10;
const side = 28;
const positive = [224, 80, 64];
const negative = [64, 136, 216];

/** Draws 100 units in a square, each as the image of its weights: the larger a weight, the less of the page shows through. */
export function drawSynapses(canvas, weights) {
  const context = canvas.getContext('2d');
  const tile = context.createImageData(side, side);
  for (let unit = 0; unit < across * across; unit++) {
    const synapses = weights.subarray(unit * side * side, (unit + 1) * side * side);
    const largest = synapses.reduce((limit, weight) => Math.max(limit, Math.abs(weight)), 0);
    synapses.forEach((weight, pixel) => {
      tile.data.set(weight < 0 ? negative : positive, 4 * pixel);
      tile.data[4 * pixel + 3] = (255 * Math.abs(weight)) / largest;
    });
    const gap = side + 1;
    context.putImageData(tile, (unit % across) * gap, Math.floor(unit / across) * gap);
  }
}
