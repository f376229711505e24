// Model files opened by Python as a user would: arrays by name, settings from the metadata, logits by NumPy alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFileAtomically } from '@hebblab/data/files';
import { createModel, encodeModel, openModel } from '@hebblab/models';
import { createNetworkModel, encodeNetworkModel, openNetwork, openTensors } from '@hebblab/models/networks';
import { openKernels } from '@hebblab/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonMissing, runPython } from '../support/python.js';

describe.skipIf(pythonMissing !== undefined)('a model file in Python', () => {
  let folder: string;
  const settings = { dataset: 'dots', seed: 3 };
  const model = createModel({
    name: 'kh',
    inputs: 3,
    hidden: 2,
    classes: 2,
    hiddenLayer: { kind: 'krotov-hopfield', weights: Float32Array.of(0.5, -1, 2, 1, 0.25, -0.5), p: 3 },
    power: 2,
    readoutWeights: Float32Array.of(1, -1, 0.5, 2),
    readoutBias: Float32Array.of(0.25, -0.5),
    settings,
  });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'hebblab-python-'));
    await writeFileAtomically(path.join(folder, 'kh.safetensors'), encodeModel(model));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('has its arrays under their names and shapes', () => {
    const shapes = runPython(
      "print(json.dumps({k: v.shape for k, v in load_file('kh.safetensors').items()}))",
      folder,
    );
    expect(shapes).toEqual({ 'hidden.weights': [2, 3], 'readout.weights': [2, 2], 'readout.bias': [2] });
  });

  it('has all settings as JSON in its metadata', () => {
    const header = runPython("print(safe_open('kh.safetensors', 'np').metadata()['hebblab'])", folder);
    expect(header).toMatchObject({
      name: 'kh',
      power: 2,
      hiddenLayer: { kind: 'krotov-hopfield', p: 3 },
      settings,
    });
  });

  it('gives NumPy the logits that the kernels give', async () => {
    using open = openModel(await openKernels({ variant: 'simd128' }), model, 1);
    const logits = runPython(
      `
w = load_file('kh.safetensors')
h = (w['hidden.weights'] * np.abs(w['hidden.weights'])) @ np.array([1, 2, 0.5])
print(json.dumps((np.maximum(h, 0) ** 2 @ w['readout.weights'] + w['readout.bias']).tolist()))`,
      folder,
    );
    const ours = open.logits(Float32Array.of(1, 2, 0.5), 1);
    expect([...ours]).toEqual((logits as number[]).map((value) => expect.closeTo(value, 5)));
  });

  it('of a network gives NumPy the logits that the kernels give', async () => {
    const kernels = await openKernels({ variant: 'simd128' });
    await openTensors(kernels);
    const network = createNetworkModel({
      name: 'mlp',
      architecture: {
        inputShape: [1, 3, 1],
        layers: [
          { kind: 'dense', units: 2, bias: true, activation: { kind: 'tanh' } },
          { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } },
        ],
      },
      parameters: {
        'layers.0.weights': Float32Array.of(0.5, -1, 2, 1, 0.25, -0.5),
        'layers.0.bias': Float32Array.of(0.5, -0.25),
        'layers.1.weights': Float32Array.of(1, -1, 0.5, 2),
        'layers.1.bias': Float32Array.of(0.25, -0.5),
      },
      settings,
    });
    await writeFileAtomically(path.join(folder, 'mlp.safetensors'), encodeNetworkModel(network));
    const [logits, header] = runPython(
      `
w = load_file('mlp.safetensors')
h = np.tanh(np.array([1, -2, 0.5]) @ w['layers.0.weights'] + w['layers.0.bias'])
logits = h @ w['layers.1.weights'] + w['layers.1.bias']
print(json.dumps([logits.tolist(), json.loads(safe_open('mlp.safetensors', 'np').metadata()['hebblab'])]))`,
      folder,
    ) as [number[], unknown];
    using open = openNetwork(kernels, network, 1);
    expect([...open.logits(Float32Array.of(1, -2, 0.5), 1)]).toEqual(
      logits.map((value) => expect.closeTo(value, 5)),
    );
    expect(header).toMatchObject({ name: 'mlp', architecture: network.architecture, settings });
  });
});
