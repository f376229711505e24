import {
  ClipByValue,
  type ClipByValueAttrs,
  type GradConfig,
  greaterEqual,
  lessEqual,
  logicalAnd,
  logicalNot,
  mul,
  Select,
} from '@tensorflow/tfjs-core';
import { asFloat, attributes, mask, saving, unary, zerosOf } from './config.js';

/** Choosing between values. At both ends of its interval, ClipByValue lets the gradient through. */
export const selection: GradConfig[] = [
  unary(ClipByValue, (dy, x, attrs) => {
    const { clipValueMin, clipValueMax } = attributes<ClipByValueAttrs>(attrs);
    return mul(
      dy,
      mask(() => logicalAnd(greaterEqual(x, clipValueMin), lessEqual(x, clipValueMax))),
    );
  }),
  saving(Select, ['condition'], (dy, [condition]) => ({
    condition: () => zerosOf(condition),
    t: () => mul(dy, asFloat(condition)),
    e: () =>
      mul(
        dy,
        mask(() => logicalNot(condition)),
      ),
  })),
];
