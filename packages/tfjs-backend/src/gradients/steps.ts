import {
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
import { flat } from './config.js';

/**
 * What is constant almost everywhere has the gradient 0, so that a gradient can be taken again through a mask;
 * without an entry tfjs stops with "gradient function not found for Equal".
 */
export const steps: GradConfig[] = [
  ...[Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr].map((kernel) =>
    flat(kernel, ['a', 'b']),
  ),
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
];
