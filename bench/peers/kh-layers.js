import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allocateFloat32, gemm, randomNormal, randomUniform } from '@hebblab/wasm';

/** The layer of arXiv 2405.00679, A2, on CIFAR-10. */
export const size = { count: 1000, inputs: 3072, hidden: 2000 };
/** Of the sieve, as a training has them. */
export const dimensions = 256;
export const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };

/**
 * Images to learn from as bytes, the first `count` of them the batch: of CIFAR-10 where HEBBLAB_DATA names the folder of
 * the data sets, else smooth random ones.
 */
export function readImages(kernels) {
  const folder = process.env.HEBBLAB_DATA;
  if (folder === undefined) return { from: 'smooth random images', pixels: smoothImages(kernels, 3000) };
  const records = gunzipSync(readFileSync(path.join(folder, 'cifar-10', 'data_batch_1.bin.gz')));
  const length = 1 + size.inputs; // a label before the pixels
  const pixels = new Uint8Array((records.length / length) * size.inputs);
  for (let image = 0; image * length < records.length; image++)
    pixels.set(records.subarray(image * length + 1, (image + 1) * length), image * size.inputs);
  return { from: 'CIFAR-10', pixels };
}

/** Scales of images to an L3 norm of 1. */
export function scalesOf(pixels) {
  return Float32Array.from({ length: pixels.length / size.inputs }, (_, image) => {
    const values = pixels.subarray(image * size.inputs, (image + 1) * size.inputs);
    return values.reduce((sum, value) => sum + value ** 3, 0) ** (-1 / 3);
  });
}

/**
 * About the directions in which images vary most, orthonormal rows [dimensions, inputs]: random mixtures of the images,
 * multiplied by their second moment. A training makes them in `@hebblab/models`, of which nothing here may know.
 */
export function principalDirections(kernels, pixels) {
  const { inputs } = size;
  const count = Math.min(4000, pixels.length / inputs);
  const images = allocateFloat32(kernels, [count, inputs]);
  const products = allocateFloat32(kernels, [count, dimensions]);
  const basis = allocateFloat32(kernels, [dimensions, inputs]);
  images.set(Float32Array.from(pixels.subarray(-count * inputs), (pixel) => pixel / 255));
  randomNormal(kernels, { seed: 1, stream: 'directions' }, basis);
  for (let iteration = 0; iteration < 3; iteration++) {
    gemm(kernels, 'NT', images, basis, products);
    gemm(kernels, 'TN', products, images, basis);
    basis.set(orthonormalRows(Float64Array.from(basis.view())));
  }
  const rows = basis.view().slice();
  for (const array of [images, products, basis]) array.dispose();
  return rows;
}

function orthonormalRows(values) {
  const rows = Array.from({ length: dimensions }, (_, row) =>
    values.subarray(row * size.inputs, (row + 1) * size.inputs),
  );
  const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
  rows.forEach((row, place) => {
    for (let pass = 0; pass < 2; pass++)
      for (const other of rows.slice(0, place)) {
        const part = dot(row, other);
        for (let index = 0; index < row.length; index++) row[index] -= part * other[index];
      }
    const length = Math.sqrt(dot(row, row));
    for (let index = 0; index < row.length; index++) row[index] /= length;
  });
  return values;
}

export function freshWeights(kernels) {
  const weights = new Float32Array(size.hidden * size.inputs);
  randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
  return weights;
}

/**
 * What units converge to, without a training: sums of the images that they win, less delta times those for which they are
 * the rival (the fixed point of the rule), of L3 norm 1. Here a few random images each.
 */
export function learnedWeights(pixels, scales) {
  const { inputs, hidden } = size;
  const weights = new Float32Array(hidden * inputs);
  for (let unit = 0; unit < hidden; unit++) {
    const row = weights.subarray(unit * inputs, (unit + 1) * inputs);
    for (let part = 0; part < 2 * imagesOfUnit; part++) {
      // A stride that is coprime with any number of images that is not its multiple.
      const image = ((unit * 2 * imagesOfUnit + part) * 7919) % scales.length;
      const factor = (part < imagesOfUnit ? 1 : -rule.delta) * scales[image];
      const values = pixels.subarray(image * inputs, (image + 1) * inputs);
      for (let index = 0; index < inputs; index++) row[index] += factor * values[index];
    }
    const norm = Math.cbrt(row.reduce((sum, weight) => sum + Math.abs(weight) ** 3, 0));
    for (let index = 0; index < inputs; index++) row[index] /= norm;
  }
  return weights;
}

const imagesOfUnit = 3;

/** Weights [hidden, inputs] of a NumPy file: float32, little endian, C order (NEP 1). */
export function readWeights(file) {
  const bytes = readFileSync(file);
  const isNpy = bytes.length > 10 && bytes.subarray(1, 6).toString('latin1') === 'NUMPY';
  const start = isNpy ? 10 + bytes.readUInt16LE(8) : 0;
  const header = bytes.subarray(10, start).toString('latin1');
  const expected = `'<f4', 'fortran_order': False, 'shape': (${size.hidden}, ${size.inputs})`;
  if (!header.includes(expected))
    throw new Error(`expected a NumPy file with ${expected}, got ${header.trim() || 'another file'}`);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

/** Sums of a few random waves in each channel, 32 x 32: most of their variance lies in few directions, as in photographs. */
function smoothImages(kernels, count) {
  const [side, waves, channels] = [32, 12, 3];
  const draws = new Float32Array(count * channels * waves * 4);
  randomUniform(kernels, { seed: 1, stream: 'waves' }, draws);
  const pixels = new Uint8Array(count * size.inputs);
  let draw = 0;
  for (let plane = 0; plane < count * channels; plane++) {
    const values = new Float32Array(side * side);
    for (let wave = 0; wave < waves; wave++) {
      const [across, down, phase, strength] = draws.subarray(draw, draw + 4);
      draw += 4;
      const [x, y] = [across, down].map((share) => (8 * share ** 2 * Math.PI) / side);
      for (let place = 0; place < values.length; place++) {
        const angle = x * (place % side) + y * Math.floor(place / side) + 2 * Math.PI * phase;
        values[place] += (strength / (1 + 20 * (x + y))) * Math.sin(angle);
      }
    }
    const least = values.reduce((most, value) => Math.min(most, value));
    const range = values.reduce((most, value) => Math.max(most, value)) - least;
    for (let place = 0; place < values.length; place++)
      pixels[plane * values.length + place] = (255 * (values[place] - least)) / range;
  }
  return pixels;
}
