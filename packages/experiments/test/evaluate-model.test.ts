import { createImageSet } from '@hebblab/data';
import { type AttackMeasurement, type EvaluationRequest, evaluateModel } from '@hebblab/experiments';
import { createModel, openModel, samplesOf } from '@hebblab/models';
import { describe, expect, it, onTestFinished } from 'vitest';
import { kernels } from './support/tiny-run.js';

const count = 12;

/** Weights into the two logits; all positive, so that the ReLU passes every image in [0, 1] as it is. */
const [first, second] = [
  [1, 0.2, 0.5, 0.3],
  [0.5, 0.6, 0.2, 0.4],
];
const difference = first.map((weight, input) => weight - (second[input] ?? 0));

/** Bytes between 110 and 145: far enough from the bounds that no attack of these tests is clipped. */
const pixels = Uint8Array.from({ length: count * 4 }, (_, at) => 110 + ((at * 29) % 36));
const images = Array.from({ length: count }, (_, image) =>
  Array.from(pixels.subarray(image * 4, image * 4 + 4), (byte) => byte / 255),
);

/** z_0 - z_1. */
const margin = (image: readonly number[]) =>
  image.reduce((sum, value, input) => sum + value * (difference[input] ?? 0), 0);

/** Every fourth label is the wrong one. */
const labels = Uint8Array.from(images, (image, index) => {
  const predicted = margin(image) > 0 ? 0 : 1;
  return index % 4 === 0 ? 1 - predicted : predicted;
});
/** Of the grids: 10^(4.5 / 149) = 1.072 and 10^(3.5 / 59) = 1.146; all four values of an image move by epsilon. */
const [fgsmStep, pgdStep] = [1.073, 1.147];
const correct = images.map((_, index) => index).filter((index) => index % 4 !== 0);

function evaluate(changes: Partial<EvaluationRequest>) {
  const model = createModel({
    name: 'linear',
    inputs: 4,
    hidden: 2,
    classes: 2,
    hiddenLayer: { kind: 'dense', weights: Float32Array.from(first.flatMap((w, i) => [w, second[i] ?? 0])) },
    power: 1,
    readoutWeights: Float32Array.of(1, 0, 0, 1),
    readoutBias: Float32Array.of(0, 0),
    settings: {},
  });
  const open = openModel(kernels, model, 500);
  onTestFinished(() => open.dispose());
  const set = createImageSet({
    name: 'grey',
    split: 'test',
    shape: [2, 2, 1],
    pixels,
    labels,
    classNames: ['first', 'second'],
  });
  return evaluateModel({
    kernels,
    open,
    test: samplesOf(set, new Float32Array(count).fill(1 / 255)),
    attacks: ['fgsm'],
    form: 'grid',
    grid: 'independent',
    images: 'all',
    seed: 1,
    onAttack: () => {},
    signal: new AbortController().signal,
    ...changes,
  });
}

/** |margin| / ||w||_1, the epsilon at which a step along the signs reaches the boundary. */
const alongSigns = correct.map(
  (index) => Math.abs(margin(images[index] ?? [])) / difference.reduce((sum, w) => sum + Math.abs(w), 0),
);

/** |margin| / ||w||_2. */
const shortest = correct.map((index) => Math.abs(margin(images[index] ?? [])) / Math.hypot(...difference));

function distances({ images: results }: AttackMeasurement): number[] {
  return results.map((image) => (image.status === 'adversarial' ? image.distance : Number.NaN));
}

describe('evaluateModel', () => {
  it('gives the accuracy on all images and attacks the first that are classified correctly', async () => {
    const { accuracy, testImages, attackedImages } = await evaluate({ images: 5 });
    expect({ accuracy, testImages }).toEqual({ accuracy: 0.75, testImages: 12 });
    expect(attackedImages).toEqual([1, 2, 3, 5, 6]);
  });

  it.each(['fgsm', 'pgd'] as const)(
    'finds the known critical distances of %s on the grid',
    async (attack) => {
      const { measurements } = await evaluate({ attacks: [attack] });
      const [{ form } = { form: 'none' }] = measurements;
      expect(form).toBe('grid');
      const step = attack === 'fgsm' ? fgsmStep : pgdStep;
      measurements.flatMap(distances).forEach((distance, index) => {
        const exact = 2 * (alongSigns[index] ?? 0);
        expect(distance).toBeGreaterThan(exact * 0.999);
        expect(distance).toBeLessThan(exact * step);
      });
    },
  );

  it('closes in on them by bisection in fewer calls, and says where the grid differs', async () => {
    const { measurements } = await evaluate({ form: 'both' });
    const [grid, bisection] = measurements;
    if (grid?.form !== 'grid' || bisection?.form !== 'bisection') throw new Error('expected both forms');
    distances(bisection).forEach((distance, index) => {
      const exact = 2 * (alongSigns[index] ?? 0);
      expect(distance).toBeGreaterThan(exact * 0.999);
      expect(distance).toBeLessThan(exact * fgsmStep);
    });
    expect(bisection.calls.forward).toBeLessThan(grid.calls.forward / 5);
    expect(bisection.againstGrid).toMatchObject({ compared: correct.length, disagreeing: 0 });
  });

  it('finds the shortest perturbations, which those along signs are longer than', async () => {
    const { measurements } = await evaluate({ attacks: ['minimal'], form: 'both' });
    expect(measurements.map(({ form }) => form)).toEqual(['minimal norm']);
    measurements.flatMap(distances).forEach((distance, index) => {
      const exact = shortest[index] ?? 0;
      expect(distance).toBeGreaterThan(exact * 0.999);
      expect(distance).toBeLessThan(exact * 1.01);
      expect(distance).toBeLessThan(2 * (alongSigns[index] ?? 0));
    });
  });

  it('counts at each epsilon the share of the attacked images that stay correct', async () => {
    const { measurements } = await evaluate({ grid: 'published' });
    const [grid] = measurements;
    if (grid?.form !== 'grid') throw new Error('expected a grid');
    const { epsilon, accuracy } = grid.relativeAccuracy;
    expect(epsilon).toHaveLength(400);
    // Away from the boundary by more than rounding, and before anything is clipped.
    epsilon.forEach((value, index) => {
      const close = alongSigns.some((exact) => Math.abs(value / exact - 1) < 1e-4);
      if (value > 0.3 || close) return;
      const standing = alongSigns.filter((exact) => exact > value).length;
      expect(accuracy[index]).toBeCloseTo(standing / correct.length, 12);
    });
  });

  it('gives the same result again, and other noise for another seed', async () => {
    const run = (seed: number) => evaluate({ attacks: ['random'], seed, form: 'both' });
    const [once, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(once);
    expect(other.measurements).not.toEqual(once.measurements);
  });

  it('refuses images that the bounds of the attacks exclude', async () => {
    const set = createImageSet({
      name: 'bytes',
      split: 'test',
      shape: [2, 2, 1],
      pixels,
      labels,
      classNames: ['first', 'second'],
    });
    await expect(evaluate({ test: samplesOf(set, new Float32Array(count).fill(1)) })).rejects.toThrow(
      'evaluate: expected normalised images in [0, 1], to which attacks clip, got 110',
    );
  });
});
