import { type ArrayData, DataError, type NamedArrays } from '@hebblab/data';
import {
  type AdamSettings,
  adamStep,
  allocateFloat32,
  type Float32Buffer,
  type Kernels,
} from '@hebblab/wasm';
import { buildOwning } from './owned-parts.js';
import { type Checkpoint, checkpointArray } from './training.js';

/** Named arrays of one network in kernel memory. */
export type ParameterArrays<Name extends string> = Readonly<Record<Name, Float32Buffer>>;

/** Adam over named parameters. */
export interface Adam<Name extends string> {
  readonly parameters: ParameterArrays<Name>;
  /** To be filled before each step. */
  readonly gradients: ParameterArrays<Name>;
  step(learningRate: number): void;
  /** Parameters, moments and the number of steps done, for a checkpoint. */
  save(): NamedArrays;
  restore(checkpoint: Checkpoint): void;
  dispose(): void;
}

/** Reserves zeroed parameters of the given shapes, with what Adam keeps of each. */
export function createAdam<Name extends string>(
  kernels: Kernels,
  shapes: Readonly<Record<Name, readonly number[]>>,
): Adam<Name> {
  return buildOwning((own, dispose) => {
    const allocateAll = () => mapValues(shapes, (shape) => own(allocateFloat32(kernels, shape)));
    const parameters = allocateAll();
    const gradients = allocateAll();
    const firstMoments = allocateAll();
    const secondMoments = allocateAll();
    const saved = { parameter: parameters, 'first moment': firstMoments, 'second moment': secondMoments };
    const savedArrays = Object.entries(saved).flatMap(([group, arrays]) =>
      Object.entries<Float32Buffer>(arrays).map(([name, array]) => [`${name}, ${group}`, array] as const),
    );
    const states = mapValues(shapes, (_, name) => ({
      parameters: parameters[name],
      gradient: gradients[name],
      firstMoment: firstMoments[name],
      secondMoment: secondMoments[name],
    }));
    let steps = 0;

    return {
      parameters,
      gradients,
      step(learningRate) {
        steps += 1;
        const settings = { ...publishedConstants, learningRate };
        for (const name in states) adamStep(kernels, settings, steps, states[name]);
      },
      save() {
        const arrays = savedArrays.map(([name, { shape, view }]): [string, ArrayData] => [
          name,
          { dtype: 'float32', shape, data: view().slice() },
        ]);
        const count: ArrayData = { dtype: 'uint32', shape: [1], data: Uint32Array.of(steps) };
        return new Map([[stepsName, count], ...arrays]);
      },
      restore(checkpoint) {
        for (const [name, array] of savedArrays) array.set(checkpointArray(checkpoint, name, array.shape));
        steps = savedSteps(checkpoint);
      },
      dispose,
    };
  });
}

/** Kingma & Ba 2015, algorithm 1. */
const publishedConstants: Omit<AdamSettings, 'learningRate'> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const stepsName = 'optimizer steps';

function savedSteps({ arrays }: Checkpoint): number {
  const count = arrays.get(stepsName);
  if (count?.dtype !== 'uint32' || count.data.length !== 1) {
    throw new DataError(
      `resume: expected ${stepsName} as one uint32 in the checkpoint, got ${count === undefined ? 'none' : `${count.dtype} [${count.shape}]`}`,
    );
  }
  return count.data[0] as number;
}

function mapValues<Name extends string, From, To>(
  values: Readonly<Record<Name, From>>,
  map: (value: From, name: Name) => To,
): Record<Name, To> {
  const entries = (Object.entries(values) as [Name, From][]).map(([name, value]) => [name, map(value, name)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
