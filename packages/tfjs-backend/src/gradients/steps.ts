import {
  All,
  Any,
  ArgMax,
  ArgMin,
  Ceil,
  Equal,
  Floor,
  type GradConfig,
  Greater,
  GreaterEqual,
  IsFinite,
  IsInf,
  IsNan,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalNot,
  LogicalOr,
  NotEqual,
  OneHot,
  OnesLike,
  Round,
  Sign,
  Step,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import { flat, inputsOf, isComputed, zerosOf } from './config.js';

/**
 * What is constant almost everywhere has the gradient 0, so that a gradient can be taken again through a mask;
 * without an entry tfjs stops with "gradient function not found for Equal".
 */
export const steps: GradConfig[] = [
  ...[Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual].map((kernel) => flat(kernel, ['a', 'b'])),
  ...[
    ArgMax,
    ArgMin,
    Ceil,
    Floor,
    IsFinite,
    IsInf,
    IsNan,
    LogicalNot,
    OnesLike,
    Round,
    Sign,
    Step,
    ZerosLike,
  ].map((kernel) => flat(kernel, ['x'])),
  flat(OneHot, ['indices']),
  logical(LogicalAnd, ['a', 'b']),
  logical(LogicalOr, ['a', 'b']),
  logical(LogicalNot, ['x']),
  logical(All, ['x']),
  logical(Any, ['x']),
];

/** Flat for masks made of comparisons; that a boolean given from outside has no gradient stays an error (as in tfjs). */
function logical(kernelName: string, inputs: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_dy, saved) => {
      const given = inputsOf(saved);
      const zerosFor = (name: string, index: number) => () => {
        if (isComputed(given[name])) return zerosOf(saved[index]);
        throw new Error(`gradient of ${kernelName}: expected inputs that are computed, got a boolean given`);
      };
      return Object.fromEntries(inputs.map((name, index) => [name, zerosFor(name, index)]));
    },
  };
}
