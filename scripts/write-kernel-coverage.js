// Writes docs/tfjs-kernels.md. Run it after a change of the kernels of packages/tfjs-backend.
import { writeFileSync } from 'node:fs';
import { coverageFile, kernelCoverage } from './lib/kernel-coverage.js';

writeFileSync(coverageFile, kernelCoverage());
