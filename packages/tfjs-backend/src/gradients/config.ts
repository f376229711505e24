import {
  broadcast_util,
  cast,
  customGrad,
  engine,
  type GradConfig,
  type GradFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  ones,
  mul as product,
  reshape,
  sum,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';

/** From the name of an input to the function that computes its gradient. */
export type InputGradients = ReturnType<GradFunc>;

/** The gradient of a kernel with one input `x`: `derivative` gets x as float32 and gives the gradient for x. */
export function unary(
  kernelName: string,
  derivative: (dy: Tensor, x: Tensor, attrs: NamedAttrMap) => Tensor,
): GradConfig {
  return saving(kernelName, ['x'], (dy, [x], attrs) => ({ x: () => derivative(dy, asFloat(x), attrs) }));
}

/**
 * The gradient of an elementwise kernel with two inputs `a` and `b`. `forA` and `forB` compute in the shape of
 * the output; what was broadcast is summed here.
 */
export function binary(
  kernelName: string,
  forA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  forB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): GradConfig {
  return saving(kernelName, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(forA(dy, asFloat(a), asFloat(b)), a.shape),
    b: () => sumTo(forB(dy, asFloat(a), asFloat(b)), b.shape),
  }));
}

/** The gradient of a kernel with one output that needs the inputs named, and nothing else, to be saved. */
export function saving(
  kernelName: string,
  inputsToSave: string[],
  gradients: (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => InputGradients,
): GradConfig {
  return { kernelName, inputsToSave, gradFunc: (dy, saved, attrs) => gradients(only(dy), saved, attrs) };
}

/** The gradient of a kernel whose outputs do not change with its inputs, almost everywhere. */
export function flat(kernelName: string, inputs: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_dy, saved) =>
      Object.fromEntries(inputs.map((name, index) => [name, () => zerosOf(saved[index])])),
  };
}

/** Attributes arrive untyped; each kernel's own interface says what they are. */
export function attributes<Attributes>(attrs: NamedAttrMap): Attributes {
  return attrs as unknown as Attributes;
}

export function only(dy: Tensor | Tensor[]): Tensor {
  return Array.isArray(dy) ? dy[0] : dy;
}

export function asFloat(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}

/** Gradients are float32 whatever they are gradients of. */
export function zerosOf(x: Tensor): Tensor {
  return zeros(x.shape, 'float32');
}

/**
 * Undoes a broadcast: sums over what was stretched from `shape`. Always a new tensor, since the tape disposes of a
 * gradient once another is added to it, also where the same dy went to two inputs.
 */
export function sumTo(gradient: Tensor, shape: number[]): Tensor {
  const stretched = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(stretched.length === 0 ? gradient : sum(gradient, stretched), shape);
}

/** Repeats along the axes where `x` has length 1 and `shape` has not. */
export function stretch(x: Tensor, shape: number[]): Tensor {
  return product(x, ones(shape, 'float32'));
}

/**
 * What `compute` gives, as a constant: nothing in it is recorded, so that masks and indices, which are flat almost
 * everywhere, cost nothing when the gradient is itself differentiated.
 */
export function constant(compute: () => Tensor): Tensor {
  return customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
}

/** A 0-1 float32 mask that no gradient passes through. */
export function mask(compute: () => Tensor): Tensor {
  return constant(() => asFloat(compute()));
}

/** Runs a kernel that tfjs-core exports no operation for. */
export function runKernel(kernelName: string, inputs: NamedTensorMap, attrs: object): Tensor {
  return engine().runKernel(kernelName, inputs, attrs as NamedAttrMap);
}

/**
 * The inputs of the operation that saved these tensors, from its record on the tape. They may be disposed of by now,
 * but their identities are what connects a gradient with them.
 */
export function inputsOf(saved: Tensor[]): NamedTensorMap {
  const record = engine().state.activeTape.findLast((node) => node.saved === saved);
  if (record === undefined)
    throw new Error('gradient: expected a record of the operation on the tape, got none');
  return record.inputs;
}

/** Whether an operation on the tape made this tensor, rather than it having been there before. */
export function isComputed(tensor: Tensor): boolean {
  return engine().state.activeTape.some((node) => node.outputs.some((output) => output.id === tensor.id));
}
