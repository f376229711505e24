import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTrainingOutput, type TrainingOutput } from '../support/training-output.js';

describe('examples/node/train-in-node.js', () => {
  let output: TrainingOutput;

  beforeAll(async () => {
    const file = fileURLToPath(new URL('../../examples/node/train-in-node.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    output = readTrainingOutput(stdout);
  });

  it('prunes a minority of the units', () => {
    expect(output.pruned).toBeGreaterThan(0);
    expect(output.pruned).toBeLessThan(100);
  });

  it('trains a model that knows most test images', () => {
    expect(output.correct).toBeGreaterThan(425);
  });

  it('leaves all correct images alone at a budget of 0, and breaks more of them with more', () => {
    expect(output.stillCorrect[0]).toBe(100);
    expect(output.stillCorrect).toHaveLength(4);
    expect(output.stillCorrect).toEqual([...output.stillCorrect].sort((one, other) => other - one));
    expect(output.stillCorrect.at(-1)).toBeLessThan(80);
  });
});
