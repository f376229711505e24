import {
  type CustomObjective,
  type DifferentiableClassifier,
  fgsm,
  margins,
  type Objective,
  perturb,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { linearClassifier } from './helpers/linear-classifier.js';
import { referenceClassifier } from './helpers/reference-network.js';
import { expectClose, imageSetOf, networks } from './helpers/vectors.js';

// Three classes on four inputs; at 0 the logits are the bias (2, 1, 0).
const rows = [
  [1, -2, 3, 4],
  [2, 2, -1, 3],
  [-3, 1, 1, 5],
];
const linear = linearClassifier(rows, [2, 1, 0]);
const zero = new Float32Array(4);

describe('an objective of FGSM', () => {
  const cases: [string, number, Objective, number[]][] = [
    // Away from class 0, towards its strongest rival 1: row 1 - row 0 = (1, 4, -4, -1).
    ['the margin', 0, { kind: 'margin' }, [1, 1, -1, -1]],
    // Row 2 - strongest rival of 2, which is 0: (-4, 3, -2, 1).
    [
      'a targeted margin',
      0,
      { kind: 'targeted margin', target: { kind: 'class', class: 2 } },
      [-1, 1, -1, 1],
    ],
    [
      'a target by offset',
      1,
      { kind: 'targeted margin', target: { kind: 'offset', offset: -2 } },
      [-1, 1, -1, 1],
    ],
    [
      'a target of each image',
      0,
      { kind: 'targeted margin', target: { kind: 'of each image', classes: Uint8Array.of(2) } },
      [-1, 1, -1, 1],
    ],
    // The label itself is no target: the next class stands in for it, 2 for 1.
    [
      'a target that is the label',
      1,
      { kind: 'targeted margin', target: { kind: 'class', class: 1 } },
      [-1, 1, -1, 1],
    ],
  ];

  it.each(cases)('moves along the gradient of %s', async (_name, label, objective, signs) => {
    const moved = await perturb(linear, fgsm({ objective }), zero, Uint8Array.of(label), 1);
    expect(Array.from(moved)).toEqual(signs);
  });

  it('moves along row target - mean of the rows for the targeted cross-entropy', async () => {
    // softmax(2, 1, 0) = (0.665, 0.245, 0.090): the mean row is (0.885, -0.750, 1.840, 3.845).
    // Row 2 - mean = (-3.9, 1.8, -0.8, 1.2).
    const objective: Objective = { kind: 'targeted cross-entropy', target: { kind: 'class', class: 2 } };
    const moved = await perturb(linear, fgsm({ objective }), zero, Uint8Array.of(0), 1);
    expect(Array.from(moved)).toEqual([-1, 1, -1, 1]);
  });

  it('refuses a target that is no class', async () => {
    const objective: Objective = { kind: 'targeted margin', target: { kind: 'class', class: 3 } };
    await expect(perturb(linear, fgsm({ objective }), zero, Uint8Array.of(0), 1)).rejects.toThrow(
      'perturb: expected a target class below 3 for image 0, got 3',
    );
  });
});

describe('a custom objective', () => {
  // z_2 - z_0: derivatives (-1, 0, 1), which sum to 0; row 2 - row 0 = (-4, 3, -2, 1).
  const gap: CustomObjective = {
    kind: 'custom',
    name: 'gap',
    value: (logits) => (logits[2] as number) - (logits[0] as number),
    logitsGradient: () => [-1, 0, 1],
  };
  // z_1 alone: row 1.
  const alone: CustomObjective = { ...gap, name: 'class 1', logitsGradient: () => [0, 1, 0] };

  it('needs no more than the cross-entropy gradient where only differences of logits count', async () => {
    const moved = await perturb(linear, fgsm({ objective: gap }), zero, Uint8Array.of(0), 1);
    expect(Array.from(moved)).toEqual([-1, 1, -1, 1]);
  });

  it('is refused where it needs more than that', async () => {
    await expect(perturb(linear, fgsm({ objective: alone }), zero, Uint8Array.of(0), 1)).rejects.toThrow(
      'perturb: expected a classifier with logitsGradient or jacobian for the objective class 1, whose derivatives by the logits do not sum to 0, got one without',
    );
  });

  it('is made of the Jacobian where there is one', async () => {
    const withJacobian: DifferentiableClassifier = {
      ...linear,
      jacobian: () => Float32Array.from(rows.flat()),
    };
    const moved = await perturb(withJacobian, fgsm({ objective: alone }), zero, Uint8Array.of(0), 1);
    expect(Array.from(moved)).toEqual([1, 1, -1, 1]);
  });

  it('is handed to a classifier that can differentiate it, as weights of the logits', async () => {
    const asked: unknown[] = [];
    const able: DifferentiableClassifier = {
      ...linear,
      logitsGradient: (_images, weights) => {
        asked.push(weights);
        return Float32Array.of(1, 1, 1, -1);
      },
    };
    const moved = await perturb(able, fgsm({ objective: alone }), zero, Uint8Array.of(0), 1);
    expect(Array.from(moved)).toEqual([1, 1, 1, -1]);
    expect(asked).toEqual([Float32Array.of(0, 1, 0)]);
  });
});

describe("a classifier's own objectiveGradient", () => {
  it('is asked for the margin instead of two cross-entropy gradients', async () => {
    const able: DifferentiableClassifier = {
      ...linear,
      objectiveGradient: (_images, _labels, _count, objective) =>
        Float32Array.from({ length: 4 }, () => (objective === 'margin' ? -1 : 1)),
    };
    const moved = await perturb(able, fgsm({ objective: { kind: 'margin' } }), zero, Uint8Array.of(0), 1);
    expect(Array.from(moved)).toEqual([-1, -1, -1, -1]);
  });
});

describe.each(networks)('the margin on $title', (network) => {
  const classifier = referenceClassifier(network);
  const { images, labels } = imageSetOf(network);

  it('is the reference margin', async () => {
    const logits = await classifier.logits(images, labels.length);
    expectClose(margins(logits, labels, classifier.classes), network.margin.data);
  });

  it('has the signs of a difference of two rows of the reference Jacobian', async () => {
    const { inputs, classes } = classifier;
    const epsilon = 2 ** -6;
    const unbounded: DifferentiableClassifier = { ...classifier, bounds: { kind: 'unbounded' } };
    const moved = await perturb(unbounded, fgsm({ objective: { kind: 'margin' } }), images, labels, epsilon);
    labels.forEach((label, row) => {
      const logits = network.logits.data.slice(row * classes, (row + 1) * classes);
      const others = logits.map((z, c) => (c === label ? Number.NEGATIVE_INFINITY : z));
      const rival = others.indexOf(Math.max(...others));
      for (let i = 0; i < inputs; i++) {
        const at = (c: number) => network.jacobian.data[(row * classes + c) * inputs + i] as number;
        const slope = at(rival) - at(label);
        if (Math.abs(slope) < 1e-4) continue;
        const change = (moved[row * inputs + i] as number) - (images[row * inputs + i] as number);
        expect(Math.sign(change)).toBe(Math.sign(slope));
      }
    });
  });
});
