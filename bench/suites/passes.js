import {
  addRowBias,
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  bytesToFloats,
  columnSums,
  lpNorms,
  randomNormal,
  reluPower,
  softmaxCrossEntropy,
  winners,
  winnersAndRivals,
} from '@hebblab/wasm';

export const name = 'passes';
export const question = 'How close do passes over a matrix come to the speed of memory?';

const [rows, columns] = [1000, 2000];
const matrixBytes = 4 * rows * columns;

/** Bytes are those that have to be read and written once. */
export const cases = [
  onMatrix('bias added to 1000 rows', 2 * matrixBytes, {
    setup: (kernels) => ({ bias: allocateFloat32(kernels, [columns]) }),
    run: (kernels, { matrix, bias }) => addRowBias(kernels, matrix, bias),
  }),
  onMatrix('relu of 1000 x 2000', 2 * matrixBytes, {
    setup: () => ({}),
    run: (kernels, { matrix }) => reluPower(kernels, matrix, 1),
  }),
  onMatrix('sums of 2000 columns', matrixBytes, {
    setup: (kernels) => ({ sums: allocateFloat32(kernels, [columns]) }),
    run: (kernels, { matrix, sums }) => columnSums(kernels, matrix, sums),
  }),
  onMatrix('L3 norms of 1000 rows', matrixBytes, {
    setup: (kernels) => ({ norms: allocateFloat32(kernels, [rows]) }),
    run: (kernels, { matrix, norms }) => lpNorms(kernels, matrix, 3, norms),
  }),
  onMatrix('winners of 1000 x 2000', matrixBytes, {
    setup: (kernels) => ({ winner: allocateUint32(kernels, [rows]) }),
    run: (kernels, { matrix, winner }) => winners(kernels, matrix, winner),
  }),
  onMatrix('winners and seventh of 1000 x 2000', matrixBytes, {
    setup: (kernels) => ({
      winner: allocateUint32(kernels, [rows]),
      rival: allocateUint32(kernels, [rows]),
    }),
    run: (kernels, { matrix, winner, rival }) => winnersAndRivals(kernels, matrix, 7, { winner, rival }),
  }),
  onMatrix('softmax cross-entropy of 1000 x 2000', 2 * matrixBytes, {
    setup: (kernels) => ({
      gradient: allocateFloat32(kernels, [rows, columns]),
      losses: allocateFloat32(kernels, [rows]),
      labels: allocateUint32(kernels, [rows]),
    }),
    run: (kernels, { matrix: logits, ...others }) =>
      softmaxCrossEntropy(kernels, { logits, ...others, gradientScale: 1 / rows }),
  }),
  imagesFromBytes(1000, 3072),
];

function onMatrix(name, bytes, { setup, run }) {
  return {
    name,
    bytes,
    setup(kernels) {
      const matrix = allocateFloat32(kernels, [rows, columns]);
      randomNormal(kernels, { seed: 1, stream: 'matrix' }, matrix);
      return { matrix, ...setup(kernels) };
    },
    run,
  };
}

function imagesFromBytes(count, size) {
  return {
    name: `${count} images of ${size} bytes to floats`,
    bytes: 5 * count * size,
    items: count,
    setup(kernels) {
      const scales = allocateFloat32(kernels, [count]);
      scales.set(new Float32Array(count).fill(1 / 255));
      const pixels = allocateUint8(kernels, [count, size]);
      pixels.set(Uint8Array.from({ length: count * size }, (_, index) => (31 * index) % 256));
      return { pixels, scales, images: allocateFloat32(kernels, [count, size]) };
    },
    run: (kernels, { pixels, scales, images }) => bytesToFloats(kernels, pixels, scales, images),
  };
}
