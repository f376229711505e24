import { type Annealing, annealingAfter, startAnnealing } from '@hebblab/regularizers/networks';
import { describe, expect, it } from 'vitest';

const annealing: Annealing = {
  initial: 0,
  step: 0.1,
  shrink: 0.5,
  largest: 10,
  warmUpEpochs: 0,
  epochsPerStep: 1,
  tolerance: 0.01,
};

describe('annealingAfter', () => {
  it('raises the weight by a step while accuracy holds', () => {
    expect(weightsAfter(annealing, [0.9, 0.9, 0.895])).toEqual([0.1, 0.2, expect.closeTo(0.3)]);
  });

  it('steps back to the last weight that held where accuracy drops, and halves the step', () => {
    // 0 and 0.1 hold, 0.2 does not; back at 0.1 the next try is 0.15.
    expect(weightsAfter(annealing, [0.9, 0.9, 0.8, 0.9])).toEqual([0.1, 0.2, 0.1, expect.closeTo(0.15)]);
  });

  it('measures a drop from the best accuracy that held, so that many small losses do not add up', () => {
    // 0.895 is within 0.01 of 0.9; 0.889 is not, though it is within 0.01 of 0.895.
    expect(weightsAfter(annealing, [0.9, 0.895, 0.889])).toEqual([0.1, 0.2, 0.1]);
  });

  it('waits out the warm-up and the epochs at a weight', () => {
    const slow = { ...annealing, warmUpEpochs: 3, epochsPerStep: 2 };
    // First judged after epoch 3, then every second epoch by its own accuracy alone.
    expect(weightsAfter(slow, [0.1, 0.5, 0.9, 0.2, 0.9, 0.9, 0.9])).toEqual([
      0,
      0,
      0.1,
      0.1,
      0.2,
      0.2,
      expect.closeTo(0.3),
    ]);
  });

  it('never passes the largest weight', () => {
    expect(weightsAfter({ ...annealing, largest: 0.15 }, [0.9, 0.9, 0.9])).toEqual([0.1, 0.15, 0.15]);
  });

  it('closes in on the largest weight at which a planted accuracy holds', () => {
    // 0.95 up to a weight of 1.234, then falling by 0.5 per unit: it has dropped by the tolerance at 1.254.
    const accuracyAt = (weight: number) => 0.95 - 0.5 * Math.max(0, weight - 1.234);
    let state = startAnnealing(annealing);
    for (let epoch = 0; epoch < 200; epoch++)
      state = annealingAfter(annealing, state, accuracyAt(state.weight));
    expect(state.heldWeight).toBeCloseTo(1.254, 6);
    expect(state.weight).toBeCloseTo(1.254, 6);
  });

  it('goes back further where accuracy does not recover at the weight that held', () => {
    // After 0.3 is reached nothing holds any more: back to 0.2, then down by the halved step.
    const weights = weightsAfter(annealing, [0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(weights.slice(2)).toEqual([
      expect.closeTo(0.3),
      expect.closeTo(0.2),
      expect.closeTo(0.15),
      expect.closeTo(0.1),
      expect.closeTo(0.05),
      expect.closeTo(0),
      0,
    ]);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses an accuracy of %s', (accuracy) => {
    expect(() => annealingAfter(annealing, startAnnealing(annealing), accuracy)).toThrow(
      `annealing: expected a validation accuracy in [0, 1] (hold images out), got ${accuracy}`,
    );
  });
});

function weightsAfter(settings: Annealing, accuracies: readonly number[]): number[] {
  let state = startAnnealing(settings);
  return accuracies.map((accuracy) => {
    state = annealingAfter(settings, state, accuracy);
    return state.weight;
  });
}
