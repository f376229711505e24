// What `hebblab bench` compares here: the committed builds of the kernels, by the suites of bench/suites.
import { ceilingOf, openBuild, probes } from './bench/lib/builds.js';

const filesOf = (variant) => [
  `packages/wasm/artefacts/${variant}/hebblab.js`,
  `packages/wasm/artefacts/${variant}/hebblab_bg.wasm`,
];

export default {
  suites: 'bench/suites',
  builds: { simd128: filesOf('simd128'), relaxed: filesOf('relaxed') },
  open: openBuild,
  probes,
  ceilingOf,
  memoryOf: ({ linearMemory }) => linearMemory.buffer.byteLength,
};
