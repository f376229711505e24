import {
  createBatch,
  gatherBatch,
  normalisationScales,
  planBatches,
  readIdxImages,
  readNpz,
  readSafetensors,
  writeIdxImages,
  writeNpz,
  writeSafetensors,
} from '@hebblab/data';
import { randomImages } from './lib/random-images.js';

export const name = 'data';
export const question = 'How close do reading files and gathering batches come to the speed of memory?';

const [count, height, width] = [2000, 28, 28];
const pixels = count * height * width;
const weights = { dtype: 'float32', shape: [500, 784], data: new Float32Array(500 * 784).fill(0.5) };

/** Bytes are those of the content, read and written once. */
export const cases = [
  {
    name: 'IDX, 2000 images of 784 bytes',
    items: count,
    bytes: pixels,
    setup: () => writeIdxImages({ count, rows: height, columns: width, pixels: set().pixels }),
    run: (_, file) => readIdxImages(file),
  },
  {
    name: 'npz, deflated, float32 of 500 x 784',
    bytes: 4 * 500 * 784,
    setup: () => writeNpz(new Map([['weights', weights]]), { compressed: true }),
    run: (_, file) => readNpz(file),
  },
  {
    name: 'safetensors, float32 of 500 x 784',
    bytes: 4 * 500 * 784,
    setup: () => writeSafetensors(new Map([['weights', weights]])),
    run: (_, file) => readSafetensors(file),
  },
  {
    name: 'scales of 2000 images by their L3 norms',
    items: count,
    bytes: pixels,
    setup: set,
    run: (_, images) => normalisationScales(images, { kind: 'lp', p: 3 }),
  },
  {
    name: 'an epoch of batches of 100 of 2000 images, in random order',
    items: count,
    bytes: 5 * pixels,
    setup() {
      const images = set();
      const order = Uint32Array.from({ length: count }, (_, index) => (index * 1237) % count);
      const plan = planBatches(images, { order, batchSize: 100, lastBatch: 'drop' });
      const scales = normalisationScales(images, { kind: 'lp', p: 3 });
      return { images, scales, plan, batch: createBatch(images, 100) };
    },
    run(_, { images, scales, plan, batch }) {
      for (let index = 0; index < plan.batchCount; index++) gatherBatch(images, scales, plan, index, batch);
    },
  },
];

function set() {
  return randomImages(count, height, width);
}
