// What has been done to models so that gradient attacks fail, and what looks like it and is honest.
import type { Normals } from '@hebblab/attacks';
import { crossEntropySignal, type Model, sigmoid } from './tiny-network.js';

type Vector = Float64Array;

/** Something in front of a model: its value, and what it sends back (its derivative, or what it pretends). */
function inFront(model: Model, value: (x: number) => number, slope: (x: number) => number): Model {
  return {
    ...model,
    logits: (image, call) => model.logits(image.map(value), call),
    back: (image, signal) =>
      Float64Array.from(model.back(image.map(value), signal), (g, i) => g * slope(image[i] as number)),
  };
}

/** Something behind a model, value by value. */
function behind(model: Model, value: (z: number) => number, slope: (z: number) => number): Model {
  return {
    ...model,
    logits: (image, call) => Array.from(model.logits(image, call), value),
    back: (image, signal) => {
      const logits = model.logits(image, { row: 0, count: 1 });
      return model.back(
        image,
        signal.map((s, c) => s * slope(logits[c] as number)),
      );
    },
  };
}

const quantise = (levels: number) => (x: number) => Math.round(x * (levels - 1)) / (levels - 1);

export const quantised = (model: Model, levels: number) => inFront(model, quantise(levels), () => 0);
export const straightThrough = (model: Model, levels: number) => inFront(model, quantise(levels), () => 1);

/** A straight-through gradient that leads the wrong way at every other input. */
export function falseStraightThrough(model: Model, levels: number): Model {
  const inner = straightThrough(model, levels);
  return {
    ...inner,
    back: (image, signal) => Float64Array.from(inner.back(image, signal), (g, i) => (i % 2 === 0 ? g : -g)),
  };
}

/** A steep sigmoid at 1/2; a factor of 40 leaves gradients of 1e-8, one of 400 leaves none. */
export const saturatedFront = (model: Model, gain: number) =>
  inFront(
    model,
    (x) => sigmoid(gain * (x - 0.5)),
    (x) => {
      const s = Math.fround(sigmoid(gain * (x - 0.5)));
      return Math.fround(gain * s * Math.fround(1 - s));
    },
  );

export const tanhOutputs = (model: Model, gain: number) =>
  behind(
    model,
    (z) => Math.tanh(gain * z),
    (z) => Math.fround(1 - Math.fround(Math.tanh(gain * z)) ** 2) * gain,
  );

export const scaled = (model: Model, factor: number) =>
  behind(
    model,
    (z) => factor * z,
    () => factor,
  );

export const clippedLogits = (model: Model, limit: number) =>
  behind(
    model,
    (z) => Math.min(limit, Math.max(-limit, z)),
    (z) => (Math.abs(z) < limit ? 1 : 0),
  );

export const roundedLogits = (model: Model, step: number) =>
  behind(
    model,
    (z) => step * Math.round(z / step),
    () => 1,
  );

/** softmax(z / temperature) in place of the logits. */
export function probabilities(model: Model, temperature: number): Model {
  const softmax = (image: Vector) => {
    const logits = Float64Array.from(model.logits(image, { row: 0, count: 1 }));
    return crossEntropySignal(
      logits.map((z) => z / temperature),
      -1,
    );
  };
  return {
    ...model,
    logits: softmax,
    back: (image, signal) => {
      const p = softmax(image);
      const mean = p.reduce((sum, value, c) => sum + value * (signal[c] as number), 0);
      return model.back(
        image,
        p.map(
          (value, c) =>
            (Math.fround(value) * Math.fround((signal[c] as number) - Math.fround(mean))) / temperature,
        ),
      );
    },
  };
}

/** Noise on the logits from a stream that goes on, begins anew at each call, or is a hash of the image. */
export function noisyLogits(
  model: Model,
  normals: Normals,
  size: number,
  seeded: 'once' | 'each call' | 'by the image',
): Model {
  let drawn = 0;
  const out = new Float32Array(model.classes);
  return {
    ...model,
    logits(image, call) {
      const positions = {
        once: () => {
          drawn += model.classes;
          return drawn;
        },
        'each call': () => call.row * model.classes,
        'by the image': () => hashOf(image),
      };
      normals('noise of the logits', positions[seeded](), out);
      return Array.from(model.logits(image, call), (z, c) => z + size * (out[c] as number));
    },
  };
}

/** Noise on the inputs, drawn anew for every image; answers are means over some draws. */
export function noisyInputs(
  model: Model,
  normals: Normals,
  size: number,
  means: number,
  fixed: boolean,
): Model {
  let drawn = 0;
  const noisy = (image: Vector, draw: number) => {
    const out = new Float32Array(model.inputs);
    normals('noise of the inputs', draw * model.inputs, out);
    return image.map((x, i) => x + size * (out[i] as number));
  };
  const draws = () =>
    Array.from({ length: means }, (_, index) => {
      drawn++;
      return fixed ? index : drawn;
    });
  const mean = (parts: readonly ArrayLike<number>[]) =>
    Array.from(
      parts[0] as ArrayLike<number>,
      (_, i) => parts.reduce((sum, part) => sum + (part[i] as number), 0) / means,
    );
  return {
    ...model,
    logits: (image, call) => mean(draws().map((draw) => model.logits(noisy(image, draw), call))),
    back: (image, signal) => mean(draws().map((draw) => model.back(noisy(image, draw), signal))),
  };
}

/** Logits less their mean over the batch so far: they depend on the neighbours. */
export function batchDependent(model: Model): Model {
  return {
    ...model,
    logits: (image, call) =>
      Array.from(model.logits(image, call), (z, c) => z + 0.3 * Math.sin(call.row + 3 * c) * call.count ** 0),
  };
}

/** Gradients changed on their way out. */
export function gradientsChanged(
  model: Model,
  change: (g: number, i: number, image: Vector) => number,
): Model {
  return {
    ...model,
    back: (image, signal) => Float64Array.from(model.back(image, signal), (g, i) => change(g, i, image)),
  };
}

/** Adds a rejecting class that wins where no other is confident. */
export function rejecting(model: Model, limit: number): Model {
  return {
    ...model,
    classes: model.classes + 1,
    logits: (image, call) => [...Array.from(model.logits(image, call)), limit],
    back: (image, signal) => model.back(image, signal.slice(0, -1)),
  };
}

/** JPEG-like: blocks of eight are replaced by rounded Haar sums and differences; the true derivative, or the identity. */
export function haarRounded(model: Model, step: number, pretend: boolean): Model {
  const round = (x: number) => step * Math.round(x / step);
  const through = (image: Vector) => {
    const out = image.slice();
    for (let i = 0; i + 1 < image.length; i += 2) {
      const mean = round(((image[i] as number) + (image[i + 1] as number)) / 2);
      const half = round(((image[i] as number) - (image[i + 1] as number)) / 2);
      out[i] = mean + half;
      out[i + 1] = mean - half;
    }
    return out;
  };
  return {
    ...model,
    logits: (image, call) => model.logits(through(image), call),
    back: (image, signal) => (pretend ? model.back(through(image), signal) : new Float64Array(model.inputs)),
  };
}

function hashOf(image: Vector): number {
  let hash = 2166136261;
  const bytes = new Uint8Array(Float32Array.from(image).buffer);
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
