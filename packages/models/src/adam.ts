import type { ArrayData } from '@hebblab/data';
import {
  type AdamSettings,
  adamStep,
  allocateFloat32,
  type Float32Buffer,
  type Kernels,
} from '@hebblab/wasm';
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
  save(): Map<string, ArrayData>;
  restore(checkpoint: Checkpoint): void;
  dispose(): void;
}

/** Reserves zeroed parameters of the given shapes, with what Adam keeps of each. */
export function createAdam<Name extends string>(
  kernels: Kernels,
  shapes: Readonly<Record<Name, readonly number[]>>,
): Adam<Name> {
  const names = Object.keys(shapes) as Name[];
  const allocateAll = () =>
    Object.fromEntries(names.map((name) => [name, allocateFloat32(kernels, shapes[name])])) as Record<
      Name,
      Float32Buffer
    >;
  const parameters = allocateAll();
  const gradients = allocateAll();
  const firstMoments = allocateAll();
  const secondMoments = allocateAll();
  const saved = { parameter: parameters, 'first moment': firstMoments, 'second moment': secondMoments };
  const states = names.map((name) => ({
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
      for (const state of states) adamStep(kernels, { ...publishedConstants, learningRate }, steps, state);
    },
    save() {
      const arrays = new Map<string, ArrayData>([
        [stepsName, { dtype: 'uint32', shape: [], data: Uint32Array.of(steps) }],
      ]);
      for (const [group, members] of Object.entries(saved)) {
        for (const name of names) {
          const { shape } = members[name];
          arrays.set(`${name}, ${group}`, { dtype: 'float32', shape, data: members[name].view().slice() });
        }
      }
      return arrays;
    },
    restore(checkpoint) {
      for (const [group, members] of Object.entries(saved)) {
        for (const name of names) {
          members[name].set(checkpointArray(checkpoint, `${name}, ${group}`, members[name].shape));
        }
      }
      const count = checkpoint.arrays.get(stepsName);
      if (count?.dtype !== 'uint32')
        throw new Error(`resume: expected the number of ${stepsName} in the checkpoint, got none`);
      steps = count.data[0] as number;
    },
    dispose() {
      for (const { parameters, gradient, firstMoment, secondMoment } of states) {
        for (const array of [parameters, gradient, firstMoment, secondMoment]) array.dispose();
      }
    },
  };
}

/** Kingma & Ba 2015, algorithm 1. */
const publishedConstants: Omit<AdamSettings, 'learningRate'> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const stepsName = 'optimizer steps';
