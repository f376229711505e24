import { expectPositive, expectWeight, expectWhole } from '../expect.js';

/** How a weight is raised while the validation accuracy holds, and stepped back when it drops. */
export interface Annealing {
  /** The weight of the first epochs, >= 0. */
  readonly initial: number;
  /** What is added at a time, > 0. Where accuracy drops it is multiplied by `shrink`. */
  readonly step: number;
  /** In (0, 1). */
  readonly shrink: number;
  /** The weight is never above it. */
  readonly largest: number;
  /** Epochs before the weight is first raised, >= 0. */
  readonly warmUpEpochs: number;
  /** Epochs that are trained at each weight before it is judged by the last of them, >= 1. */
  readonly epochsPerStep: number;
  /** By how much accuracy may stay below the best of all weights that held, in [0, 1). */
  readonly tolerance: number;
}

/** Where an annealing stands; plain numbers, so that a checkpoint can keep them. */
export interface AnnealingState {
  readonly weight: number;
  /** What is added next. */
  readonly step: number;
  /** The largest weight at which accuracy held. */
  readonly heldWeight: number;
  /** The best accuracy at a weight that held; 0 before the first is judged. */
  readonly bestAccuracy: number;
  /** Epochs done. */
  readonly epochs: number;
  /** Epochs at this weight. */
  readonly epochsAtWeight: number;
}

/** Before the first epoch. */
export function startAnnealing({ initial, step }: Annealing): AnnealingState {
  return { weight: initial, step, heldWeight: initial, bestAccuracy: 0, epochs: 0, epochsAtWeight: 0 };
}

/**
 * After an epoch with this validation accuracy: where it is within the tolerance of the best, the weight is raised by
 * a step; where it dropped, the weight goes back to the last that held and the step shrinks. Where accuracy does not
 * come back there, the weight goes down by a step at a time, to the initial one at most. An accuracy is judged after
 * `epochsPerStep` epochs at a weight, and not before the warm-up ends.
 *
 * @throws where the accuracy is not in [0, 1]
 * @example
 * state = annealingAfter(annealing, state, metrics.validationAccuracy);
 */
export function annealingAfter(
  annealing: Annealing,
  state: AnnealingState,
  validationAccuracy: number,
): AnnealingState {
  if (!(validationAccuracy >= 0 && validationAccuracy <= 1))
    throw new Error(
      `annealing: expected a validation accuracy in [0, 1] (hold images out), got ${validationAccuracy}`,
    );
  const { epochsPerStep, warmUpEpochs, tolerance } = annealing;
  const waited = { ...state, epochs: state.epochs + 1, epochsAtWeight: state.epochsAtWeight + 1 };
  if (waited.epochs < warmUpEpochs || waited.epochsAtWeight < epochsPerStep) return waited;
  const next = { ...waited, epochsAtWeight: 0 };
  if (validationAccuracy < state.bestAccuracy - tolerance) {
    if (state.weight > state.heldWeight)
      return { ...next, weight: state.heldWeight, step: state.step * annealing.shrink };
    const lower = Math.max(annealing.initial, state.weight - state.step);
    return { ...next, weight: lower, heldWeight: lower };
  }
  return {
    ...next,
    weight: Math.min(annealing.largest, state.weight + state.step),
    heldWeight: state.weight,
    bestAccuracy: Math.max(state.bestAccuracy, validationAccuracy),
  };
}

/** Refuses settings that make no annealing. */
export function expectAnnealing(operation: string, annealing: Annealing): void {
  const { initial, step, shrink, largest, warmUpEpochs, epochsPerStep, tolerance } = annealing;
  expectWeight(operation, initial);
  expectPositive(operation, 'step', step);
  if (!(shrink > 0 && shrink < 1))
    throw new Error(`${operation}: expected shrink between 0 and 1, got ${shrink}`);
  if (!(largest >= initial && Number.isFinite(largest)))
    throw new Error(`${operation}: expected largest >= the initial weight ${initial}, got ${largest}`);
  expectWhole(operation, 'warmUpEpochs', warmUpEpochs, 0);
  expectWhole(operation, 'epochsPerStep', epochsPerStep, 1);
  if (!(tolerance >= 0 && tolerance < 1))
    throw new Error(`${operation}: expected a tolerance in [0, 1), got ${tolerance}`);
}
