import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coverageFile, kernelCoverage } from '../../../scripts/lib/kernel-coverage.js';

describe('docs/tfjs-kernels.md', () => {
  it('is in step with the kernels (else run scripts/write-kernel-coverage.js)', () => {
    expect(readFileSync(coverageFile, 'utf8')).toBe(kernelCoverage());
  });
});
