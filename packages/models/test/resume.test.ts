import { DataError, readSafetensors, writeSafetensors } from '@hebblab/data';
import { type Checkpoint, runTraining } from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { bitsOf, runEpochs, separableSamples } from './support/toys.js';
import { trainingKinds } from './support/trainings.js';

const kernels = await openKernels({ variant: 'simd128' });
const samples = separableSamples(kernels, 25);
const fresh = { kind: 'fresh' } as const;

describe.each(trainingKinds(kernels))('a $title training', ({ create }) => {
  // 25 images in batches of 10: the last is short.
  const options = { seed: 1, epochs: 5, batchSize: 10 };

  function checkpointAfter(epochs: number): Checkpoint {
    using training = create(samples, options, fresh);
    runEpochs(training, epochs);
    return throughFile(training.checkpoint());
  }

  it('ends with the same bits and metrics when it is resumed from any checkpoint', () => {
    using whole = create(samples, options, fresh);
    const metrics = runEpochs(whole, options.epochs);
    for (let done = 0; done <= options.epochs; done++) {
      using resumed = create(samples, options, { kind: 'resume', checkpoint: checkpointAfter(done) });
      expect(resumed.epoch()).toBe(done);
      expect(runEpochs(resumed, options.epochs - done)).toEqual(metrics.slice(done));
      expect(bitsOf(resumed)).toEqual(bitsOf(whole));
    }
  });

  it('gives the same bits for the same seed and others for another', () => {
    const train = (seed: number) => {
      using training = create(samples, { ...options, seed }, fresh);
      runTraining(training);
      return bitsOf(training);
    };
    expect(train(1)).toEqual(train(1));
    expect(train(1)).not.toEqual(train(2));
  });

  it('stops between two epochs when it is told to', () => {
    using training = create(samples, options, fresh);
    const controller = new AbortController();
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 2) controller.abort();
    };
    expect(() => runTraining(training, { onEpoch, signal: controller.signal })).toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(training.epoch()).toBe(2);
  });

  it('refuses a checkpoint without its arrays, of other shapes, or of more epochs, and gives its memory back', () => {
    const { epoch, arrays } = checkpointAfter(1);
    const [first = ''] = [...arrays.keys()].filter((name) => name !== 'optimizer steps');
    const wrong: [Checkpoint, RegExp][] = [
      [{ epoch, arrays: new Map() }, /^resume: expected .* in the checkpoint, got nothing$/],
      [
        {
          epoch,
          arrays: new Map([...arrays, [first, { dtype: 'float32', shape: [1], data: new Float32Array(1) }]]),
        },
        /^resume: expected .* as float32 \[[\d,]+\], got float32 \[1\]$/,
      ],
      [{ epoch: 6, arrays }, /^resume: expected a checkpoint after 0 to 5 epochs, got one after 6$/],
      [
        { epoch: Number.NaN, arrays },
        /^resume: expected a checkpoint after 0 to 5 epochs, got one after NaN$/,
      ],
    ];
    const before = kernels.liveArrays.count;
    for (const [checkpoint, message] of wrong) {
      const resume = () => create(samples, options, { kind: 'resume', checkpoint });
      expect(resume).toThrow(DataError);
      expect(resume).toThrow(message);
    }
    expect(kernels.liveArrays.count).toBe(before);
  });
});

/** As a run stores it. */
function throughFile({ epoch, arrays }: Checkpoint): Checkpoint {
  return { epoch, arrays: readSafetensors(writeSafetensors(arrays)).tensors };
}
