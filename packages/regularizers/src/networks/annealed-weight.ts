import { DataError } from '@hebblab/data';
import type { Checkpoint } from '@hebblab/models';
import type { RunningNetworkPenalty } from '@hebblab/models/networks';
import { type Annealing, type AnnealingState, annealingAfter, startAnnealing } from './annealing.js';

/** A weight that follows the validation accuracy of a training. */
export interface AnnealedWeight {
  weight(): number;
  /** What a running penalty with this weight has beside its value. */
  readonly hooks: Required<Pick<RunningNetworkPenalty, 'afterEpoch' | 'save' | 'restore'>>;
}

/** Fields in the order of the array that a checkpoint keeps. */
const fields = ['weight', 'step', 'heldWeight', 'bestAccuracy', 'epochs', 'epochsAtWeight'] as const;

/** @param penalty name of the penalty, with which the name of the array in checkpoints begins */
export function startAnnealedWeight(penalty: string, annealing: Annealing): AnnealedWeight {
  let state: AnnealingState = startAnnealing(annealing);
  return {
    weight: () => state.weight,
    hooks: {
      afterEpoch({ validationAccuracy = Number.NaN }) {
        state = annealingAfter(annealing, state, validationAccuracy);
      },
      save() {
        const data = Float64Array.from(fields, (field) => state[field]);
        return new Map([[arrayName(penalty), { dtype: 'float64', shape: [data.length], data }]]);
      },
      restore(checkpoint) {
        state = annealingIn(checkpoint, penalty);
      },
    },
  };
}

/**
 * Where the annealing of a penalty's weight stands in a checkpoint: which weight was reached, and which held.
 *
 * @param penalty name of the penalty, for example `saturation`
 * @throws DataError where the checkpoint has no such state
 * @example
 * const { heldWeight } = annealingIn(training.checkpoint(), 'saturation');
 */
export function annealingIn({ arrays }: Checkpoint, penalty: string): AnnealingState {
  const name = arrayName(penalty);
  const array = arrays.get(name);
  if (array?.dtype !== 'float64' || `${array.shape}` !== `${fields.length}`) {
    const got = array === undefined ? 'none' : `${array.dtype} [${array.shape}]`;
    throw new DataError(`annealingIn: expected ${name} as float64 [${fields.length}], got ${got}`);
  }
  const { data } = array;
  return Object.fromEntries(fields.map((field, index) => [field, data[index]])) as unknown as AnnealingState;
}

function arrayName(penalty: string): string {
  return `${penalty} annealing`;
}
