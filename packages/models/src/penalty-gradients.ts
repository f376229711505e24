import { allocateFloat32, type Kernels } from '@hebblab/wasm';
import type { ParameterArrays } from './adam.js';
import { buildOwning } from './owned-parts.js';
import type { ForwardPass, NetworkParameter, Penalty } from './penalty.js';

/** Penalties of one training with the memory that their gradients by the parameters are gathered in. */
export interface RunningPenalties {
  /** Adds gradients by the pre-activations to `hiddenGradient` and returns each penalty's value by its name. */
  apply(pass: ForwardPass, hiddenGradient: ForwardPass['preactivations']): ReadonlyMap<string, number>;
  /** Adds the gradients by the parameters that the last `apply` gathered. */
  addTo(gradients: ParameterArrays<NetworkParameter>): void;
  dispose(): void;
}

/**
 * Reserves what penalties need.
 *
 * @throws where two penalties, or a penalty and another metric, would share a name
 */
export function startPenalties(
  kernels: Kernels,
  penalties: readonly Penalty[],
  shapes: Readonly<Record<NetworkParameter, readonly number[]>>,
): RunningPenalties {
  expectOwnNames(penalties.map(({ name }) => name));
  if (penalties.length === 0) return { apply: () => new Map(), addTo() {}, dispose() {} };
  return buildOwning((own, dispose) => {
    const parameters = {
      'hidden weights': own(allocateFloat32(kernels, shapes['hidden weights'])),
      'readout weights': own(allocateFloat32(kernels, shapes['readout weights'])),
      'readout bias': own(allocateFloat32(kernels, shapes['readout bias'])),
    };
    const names = Object.keys(parameters) as NetworkParameter[];
    return {
      apply(pass, hiddenGradient) {
        for (const name of names) parameters[name].view().fill(0);
        const gradients = { preactivations: hiddenGradient, parameters };
        return new Map(penalties.map((penalty) => [penalty.name, penalty.apply(pass, gradients)]));
      },
      addTo(gradients) {
        for (const name of names) {
          const from = parameters[name].view();
          const to = gradients[name].view();
          for (let index = 0; index < to.length; index++)
            to[index] = (to[index] as number) + (from[index] as number);
        }
      },
      dispose,
    };
  });
}

/** Names of other metrics of an epoch. */
const reservedNames = ['learningRate', 'loss', 'accuracy'];

function expectOwnNames(names: readonly string[]): void {
  names.forEach((name, index) => {
    if (reservedNames.includes(name) || names.indexOf(name) !== index) {
      throw new Error(`createNetworkTraining: expected penalties with names of their own, got ${name}`);
    }
  });
}
