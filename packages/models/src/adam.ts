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
  /** Moves the parameters that there are gradients of; each counts its own steps. */
  step(learningRate: number, gradients: Partial<ParameterArrays<Name>>): void;
  /** Parameters, moments and the numbers of steps done, for a checkpoint. */
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
    const firstMoments = allocateAll();
    const secondMoments = allocateAll();
    const saved = { parameter: parameters, 'first moment': firstMoments, 'second moment': secondMoments };
    const savedArrays = Object.entries(saved).flatMap(([group, arrays]) =>
      Object.entries<Float32Buffer>(arrays).map(([name, array]) => [`${name}, ${group}`, array] as const),
    );
    const names = Object.keys(shapes) as Name[];
    const steps = mapValues(shapes, () => 0);

    return {
      parameters,
      step(learningRate, gradients) {
        const settings = { ...publishedConstants, learningRate };
        for (const name of names) {
          const gradient = gradients[name];
          if (gradient === undefined) continue;
          steps[name] += 1;
          adamStep(kernels, settings, steps[name], {
            parameters: parameters[name],
            gradient,
            firstMoment: firstMoments[name],
            secondMoment: secondMoments[name],
          });
        }
      },
      save() {
        const arrays = savedArrays.map(([name, { shape, view }]): [string, ArrayData] => [
          name,
          { dtype: 'float32', shape, data: view().slice() },
        ]);
        const data = Uint32Array.from(names, (name) => steps[name]);
        const count: ArrayData = { dtype: 'uint32', shape: [names.length], data };
        return new Map([[stepsName, count], ...arrays]);
      },
      restore(checkpoint) {
        for (const [name, array] of savedArrays) array.set(checkpointArray(checkpoint, name, array.shape));
        const saved = savedSteps(checkpoint, names.length);
        names.forEach((name, index) => {
          steps[name] = saved[index] as number;
        });
      },
      dispose,
    };
  });
}

/** Kingma & Ba 2015, algorithm 1. */
const publishedConstants: Omit<AdamSettings, 'learningRate'> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const stepsName = 'optimizer steps';

function savedSteps({ arrays }: Checkpoint, parameters: number): Uint32Array {
  const counts = arrays.get(stepsName);
  if (counts?.dtype !== 'uint32' || counts.data.length !== parameters) {
    throw new DataError(
      `resume: expected ${stepsName} as uint32 [${parameters}] in the checkpoint, got ${counts === undefined ? 'none' : `${counts.dtype} [${counts.shape}]`}`,
    );
  }
  return counts.data;
}

function mapValues<Name extends string, From, To>(
  values: Readonly<Record<Name, From>>,
  map: (value: From, name: Name) => To,
): Record<Name, To> {
  const entries = (Object.entries(values) as [Name, From][]).map(([name, value]) => [name, map(value, name)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
