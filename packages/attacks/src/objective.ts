import { crossEntropy } from './classification.js';

/** What an attack raises. All are losses of the logits z and the label y: the larger, the worse for the label. */
export type Objective =
  /** -log softmax(z)[y]. */
  | { readonly kind: 'cross-entropy' }
  /** max_{j != y} z_j - z_y: positive exactly where the image is misclassified. No softmax, so nothing underflows. */
  | { readonly kind: 'margin' }
  /** log softmax(z)[t], t the target: towards the target rather than away from the label. */
  | { readonly kind: 'targeted cross-entropy'; readonly target: Target }
  /** z_t - max_{j != t} z_j. */
  | { readonly kind: 'targeted margin'; readonly target: Target }
  | CustomObjective;

/** A loss of one's own, as a function of one row of logits. */
export interface CustomObjective {
  readonly kind: 'custom';
  readonly name: string;
  /** The loss; only its order matters, to keep the best of several restarts. */
  readonly value: (logits: Float32Array, label: number) => number;
  /** Its derivative by each logit: [classes]. */
  readonly logitsGradient: (logits: Float32Array, label: number) => ArrayLike<number>;
}

/** The class that a targeted attack aims at. Where it is the image's own label, the next class stands in for it. */
export type Target =
  | { readonly kind: 'class'; readonly class: number }
  /** (label + offset) mod classes. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** By the number of the image: [images of the whole set]. */
  | { readonly kind: 'of each image'; readonly classes: Uint8Array };

/** The objective that attacks have unless told. */
export const crossEntropyObjective: Objective = { kind: 'cross-entropy' };

/**
 * The target class of an image.
 *
 * @throws Error where the target is no class.
 *
 * @example
 * targetClass('attack', { kind: 'offset', offset: 1 }, 9, 0, 10); // 0
 */
export function targetClass(
  operation: string,
  target: Target,
  label: number,
  imageNumber: number,
  classes: number,
): number {
  const wanted = wantedClass(target, label, imageNumber, classes);
  if (wanted === undefined || !Number.isInteger(wanted) || wanted < 0 || wanted >= classes) {
    throw new Error(
      `${operation}: expected a target class below ${classes} for image ${imageNumber}, got ${wanted ?? 'none'}`,
    );
  }
  return wanted === label ? (label + 1) % classes : wanted;
}

/**
 * The margin of each sample, z_y - max_{j != y} z_j: positive where the label leads, and how far.
 *
 * @param logits - [count, classes]
 * @param labels - [count]
 * @returns [count]
 *
 * @example
 * margins(Float32Array.of(3, 1, 2), Uint8Array.of(0), 3); // [1]
 */
export function margins(logits: Float32Array, labels: Uint8Array, classes: number): Float64Array {
  return Float64Array.from(labels, (label, sample) => {
    const row = logits.subarray(sample * classes, (sample + 1) * classes);
    return (row[label] as number) - (row[strongestRival(row, label)] as number);
  });
}

/** The class with the largest logit beside the label; a tie goes to the lower index. */
export function strongestRival(row: Float32Array, label: number): number {
  let rival = label === 0 ? 1 : 0;
  for (let index = 0; index < row.length; index++) {
    if (index !== label && (row[index] as number) > (row[rival] as number)) rival = index;
  }
  return rival;
}

/** The objective of one image, from its row of logits. */
export function objectiveValue(
  operation: string,
  objective: Objective,
  row: Float32Array,
  label: number,
  imageNumber: number,
): number {
  const classes = row.length;
  switch (objective.kind) {
    case 'cross-entropy':
      return crossEntropy(row, Uint8Array.of(label), classes)[0] as number;
    case 'margin':
      return -(margins(row, Uint8Array.of(label), classes)[0] as number);
    case 'targeted cross-entropy': {
      const target = targetClass(operation, objective.target, label, imageNumber, classes);
      return -(crossEntropy(row, Uint8Array.of(target), classes)[0] as number);
    }
    case 'targeted margin': {
      const target = targetClass(operation, objective.target, label, imageNumber, classes);
      return margins(row, Uint8Array.of(target), classes)[0] as number;
    }
    case 'custom':
      return objective.value(row, label);
  }
}

function wantedClass(
  target: Target,
  label: number,
  imageNumber: number,
  classes: number,
): number | undefined {
  switch (target.kind) {
    case 'class':
      return target.class;
    case 'offset':
      return (((label + target.offset) % classes) + classes) % classes;
    case 'of each image':
      return target.classes[imageNumber];
  }
}
