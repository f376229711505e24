// What `hebblab bench` compares here: the committed builds of the kernels, by the suites of bench/suites, and the packages, by
// those of bench/whole.
import { openBuild } from './bench/lib/builds.js';
import { ceilingOf, probes } from './bench/lib/probes.js';

const filesOf = (variant) => [
  `packages/wasm/artefacts/${variant}/hebblab.js`,
  `packages/wasm/artefacts/${variant}/hebblab_bg.wasm`,
];

export default {
  suites: 'bench/suites',
  builds: { simd128: filesOf('simd128'), relaxed: filesOf('relaxed') },
  threadedBuilds: { simd128: filesOf('simd128-threads'), relaxed: filesOf('relaxed-threads') },
  // The packages, whose suites import them: of another commit they are built in a checkout.
  whole: { suites: 'bench/whole', make: 'node scripts/build.js' },
  browser: 'bench/lib/in-browser.js',
  open: openBuild,
  close: (kernels) => kernels.dispose(),
  probes,
  ceilingOf,
  memoryOf: ({ linearMemory }) => linearMemory?.buffer.byteLength,
};
