import {
  Cumprod,
  type CumprodAttrs,
  Cumsum,
  type CumsumAttrs,
  cumprod,
  cumsum,
  div,
  equal,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  Max,
  type MaxAttrs,
  Mean,
  type MeanAttrs,
  Min,
  type MinAttrs,
  mul,
  Prod,
  type ProdAttrs,
  range,
  reshape,
  Sum,
  type SumAttrs,
  sum,
  type Tensor,
  transpose,
  util,
  where,
} from '@tensorflow/tfjs-core';
import { asFloat, attributes, mask, only, saving, stretch } from './config.js';

/** Sums, means, extremes and products along axes. Every one of several equal extremes gets dy (as in tfjs). */
export const reductions: GradConfig[] = [
  saving(Sum, ['x'], (dy, [x], attrs) => {
    const { axis } = attributes<SumAttrs>(attrs);
    return { x: () => stretch(keepDimensions(dy, x.shape, axis), x.shape) };
  }),
  saving(Mean, ['x'], (dy, [x], attrs) => {
    const { axis } = attributes<MeanAttrs>(attrs);
    return {
      x: () => {
        const kept = keepDimensions(dy, x.shape, axis);
        return stretch(div(kept, x.size / kept.size), x.shape);
      },
    };
  }),
  extreme(Max, (attrs) => attributes<MaxAttrs>(attrs).reductionIndices),
  extreme(Min, (attrs) => attributes<MinAttrs>(attrs).axis),
  saving(Prod, ['x'], (dy, [x], attrs) => {
    const { axis } = attributes<ProdAttrs>(attrs);
    return { x: () => productGradient(dy, asFloat(x), util.parseAxisParam(axis, x.shape)) };
  }),
  saving(Cumsum, ['x'], (dy, _, attrs) => {
    const { axis, exclusive, reverse } = attributes<CumsumAttrs>(attrs);
    return { x: () => cumsum(dy, axis, exclusive, !reverse) };
  }),
  saving(Cumprod, ['x'], (dy, [x], attrs) => ({
    x: () => cumulativeProductGradient(dy, asFloat(x), attributes<CumprodAttrs>(attrs)),
  })),
];

function extreme(
  kernelName: string,
  axes: (attrs: Parameters<GradConfig['gradFunc']>[2]) => number | number[],
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attrs) => ({
      x: () => {
        const attained = mask(() => equal(x, keepDimensions(y, x.shape, axes(attrs))));
        return mul(keepDimensions(only(dy), x.shape, axes(attrs)), attained);
      },
    }),
  };
}

/** Gives a reduced tensor back its axes, with length 1. */
function keepDimensions(reduced: Tensor, shape: number[], axis: number | number[]): Tensor {
  const axes = util.parseAxisParam(axis, shape);
  return reshape(
    reduced,
    shape.map((length, index) => (axes.includes(index) ? 1 : length)),
  );
}

/** dy times the product of all others: of those before and those after, right with zeros among them too. */
function productGradient(dy: Tensor, x: Tensor, axes: number[]): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const ordered = transpose(x, order);
  const rows = reshape(ordered, [util.sizeFromShape(kept.map((axis) => x.shape[axis])), -1]);
  const others = mul(cumprod(rows, 1, true, false), cumprod(rows, 1, true, true));
  const gradient = mul(reshape(dy, [rows.shape[0], 1]), others);
  const undo = order.map((_, axis) => order.indexOf(axis));
  return transpose(reshape(gradient, ordered.shape), undo);
}

/**
 * The i-th element times what its factor contributes: y^(i) is the cumulative product with x_i replaced by 1, and
 * dx_i the sum of dy_k y^(i)_k over the k that x_i is a factor of. A matrix per row: this is the second derivative
 * of a product, for which no shorter form is right where factors are zero.
 */
function cumulativeProductGradient(dy: Tensor, x: Tensor, attrs: CumprodAttrs): Tensor {
  const { exclusive, reverse } = attrs;
  const [axis] = util.parseAxisParam(attrs.axis, x.shape);
  const order = x.shape.map((_, index) => index).filter((index) => index !== axis);
  order.push(axis);
  const ordered = transpose(x, order);
  const length = x.shape[axis];
  const rows = reshape(ordered, [-1, 1, length]);
  const dyRows = reshape(transpose(dy, order), [-1, 1, length]);
  const i = reshape(range(0, length), [1, length, 1]);
  const k = reshape(range(0, length), [1, 1, length]);
  const replaced = where(equal(i, k), 1, stretch(rows, [rows.shape[0], length, length]));
  const products = cumprod(replaced, 2, exclusive, reverse);
  const involved = asFloat(factorOf(i, k, exclusive, reverse));
  const gradient = sum(mul(mul(dyRows, involved), products), 2);
  const undo = order.map((_, index) => order.indexOf(index));
  return transpose(reshape(gradient, ordered.shape), undo);
}

/** Whether the i-th element is a factor of the k-th cumulative product. */
function factorOf(i: Tensor, k: Tensor, exclusive: boolean, reverse: boolean): Tensor {
  if (reverse) return exclusive ? greater(i, k) : greaterEqual(i, k);
  return exclusive ? less(i, k) : lessEqual(i, k);
}
