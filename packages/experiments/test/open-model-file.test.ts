import { openModelFile } from '@hebblab/experiments';
import { createModel, encodeModel } from '@hebblab/models';
import { encodeNetworkModel, networkOf } from '@hebblab/models/networks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { kernels } from './support/tiny-run.js';

const model = createModel({
  name: 'small',
  inputs: 3,
  hidden: 2,
  classes: 2,
  hiddenLayer: { kind: 'dense', weights: Float32Array.of(1, -1, 0.5, 2, -2, 0.25) },
  power: 1,
  readoutWeights: Float32Array.of(1, 2, 3, -1),
  readoutBias: Float32Array.of(0.5, 0),
  settings: { seed: 7 },
});

async function logitsOf(bytes: Uint8Array) {
  const { name, settings, open } = await openModelFile(kernels, bytes, { capacity: 4, source: 'the test' });
  onTestFinished(() => open.dispose());
  return { name, settings, logits: [...open.logits(Float32Array.of(1, 0.5, 0.25), 1)] };
}

describe('openModelFile', () => {
  // x W = [1 + 0.25 - 0.5, -1 + 1 + 0.0625] = [0.75, 0.0625]; times the readout, with its bias.
  const expected = {
    name: 'small',
    settings: { seed: 7 },
    logits: [0.75 + 3 * 0.0625 + 0.5, 2 * 0.75 - 0.0625],
  };

  it('opens a two-layer model', async () => {
    expect(await logitsOf(encodeModel(model))).toEqual(expected);
  });

  it('opens a network on tfjs-core', async () => {
    expect(await logitsOf(encodeNetworkModel(networkOf(model)))).toEqual(expected);
  });

  it('refuses what is no model', async () => {
    await expect(logitsOf(Uint8Array.of(1, 2, 3))).rejects.toThrow('the test');
  });
});
