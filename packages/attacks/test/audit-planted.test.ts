// Classifiers that are masked, and honest ones that look odd. The limits were fixed before these were run (docs/audit).
import {
  type AuditReport,
  type AuditRequest,
  audit,
  type Classifier,
  type DifferentiableClassifier,
} from '@hebblab/attacks';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Digits, loadDigits } from './helpers/digits.js';
import {
  batchDependent,
  clippedLogits,
  falseStraightThrough,
  gradientsChanged,
  haarRounded,
  noisyInputs,
  noisyLogits,
  probabilities,
  quantised,
  rejecting,
  roundedLogits,
  saturatedFront,
  scaled,
  straightThrough,
  tanhOutputs,
} from './helpers/maskings.js';
import {
  classifierOf,
  type Model,
  modelOf,
  type Nonlinearity,
  tinyNetwork,
  trainTiny,
} from './helpers/tiny-network.js';

let digits: Digits;
let plain: Model;
let robust: Model;

beforeAll(async () => {
  digits = await loadDigits(14, { train: 800, test: 40 });
  plain = trained('relu', [24]);
  robust = trained('relu', [24], { epsilon: 0.1, epochs: 15, learningRate: 0.002 });
});

function trained(nonlinearity: Nonlinearity, hidden: readonly number[], settings = {}): Model {
  const { inputs, normals, train } = digits;
  const network = tinyNetwork([inputs, ...hidden, 10], nonlinearity, normals);
  return modelOf(trainTiny(network, train, { epochs: 8, learningRate: 0.004, epsilon: 0, ...settings }));
}

/** One epsilon and the full range, to be quick; the default grid where `settings` say so. */
function audited(
  classifier: Classifier | DifferentiableClassifier,
  settings: Partial<AuditRequest> = { epsilons: [0.1] },
): Promise<AuditReport> {
  return audit(classifier, { ...digits.test, normals: digits.normals, ...settings });
}

function statusOf(report: AuditReport, name: string) {
  return report.checks.find((check) => check.name === name)?.status;
}

describe('audit of an honest classifier', () => {
  const honest: Readonly<Record<string, () => Model>> = {
    'a plain network': () => plain,
    'an adversarially trained network': () => robust,
    'a linear classifier': () => trained('relu', []),
    'a deep tanh network': () => trained('tanh', [24, 24, 24], { learningRate: 0.002 }),
    'a sigmoid network': () => trained('sigmoid', [24], { learningRate: 0.01 }),
    'a network of ReLU^4.5': () => trained('relu power', [48], { learningRate: 0.001 }),
    'logits times 1e30, whose cross-entropy gradients are exactly zero': () => scaled(plain, 1e30),
    'logits times 1e-30': () => scaled(plain, 1e-30),
    'gradients divided by the batch': () => gradientsChanged(plain, (g) => g / 250),
    'a rejecting class': () => rejecting(plain, 1),
    'an ensemble over fixed noise': () => noisyInputs(plain, digits.normals, 0.1, 3, true),
    'mild tanh outputs': () => tanhOutputs(plain, 0.1),
  };
  it.each(Object.keys(honest))('trusts %s', async (name) => {
    const report = await audited(classifierOf((honest[name] as () => Model)()));
    expect(report).toMatchObject({ verdict: 'trustworthy' });
    expect(report.epsilons.at(-1)?.accuracy).toBe(0);
  });

  it('trusts plain and adversarially trained networks in l2 and on the default grid', async () => {
    for (const model of [plain, robust]) {
      expect(await audited(classifierOf(model), {})).toMatchObject({ verdict: 'trustworthy' });
      expect(await audited(classifierOf(model), { norm: 'l2' })).toMatchObject({ verdict: 'trustworthy' });
    }
  });

  it('says where the plain cross-entropy underflows', async () => {
    const report = await audited(classifierOf(scaled(plain, 1e30)));
    const check = report.checks.find(({ name }) => name === 'zero gradients');
    expect(check?.measured).toMatchObject({ share: 0, crossEntropyZero: 1 });
    expect(check?.sentence).toContain('underflows for 100 %');
  });
});

describe('audit of a masked classifier', () => {
  const normals: Digits['normals'] = (...call) => digits.normals(...call);
  interface Planted {
    readonly model: () => Model;
    /** Checks that must be among those that fail. */
    readonly fails: readonly string[];
    readonly settings?: Partial<AuditRequest>;
  }
  const masked: Readonly<Record<string, Planted>> = {
    'quantised inputs with their true gradient, zero': {
      model: () => quantised(plain, 8),
      fails: ['zero gradients', 'gradient free', 'random perturbation'],
    },
    'quantised inputs of a robust network': { model: () => quantised(robust, 4), fails: ['zero gradients'] },
    'quantised inputs with a straight-through gradient': {
      model: () => straightThrough(plain, 8),
      fails: ['finite differences'],
    },
    'inputs quantised to two levels, straight through': {
      model: () => straightThrough(plain, 2),
      fails: ['finite differences'],
    },
    'inputs quantised finely, straight through': {
      model: () => straightThrough(plain, 256),
      fails: ['finite differences'],
    },
    'quantised inputs with a false straight-through gradient': {
      model: () => falseStraightThrough(plain, 8),
      fails: ['finite differences', 'gradient free'],
    },
    'a saturated front': {
      model: () => saturatedFront(plain, 400),
      fails: ['blind directions', 'finite differences'],
    },
    'a less saturated front': { model: () => saturatedFront(plain, 60), fails: ['blind directions'] },
    'tanh outputs of huge gain': {
      model: () => tanhOutputs(plain, 100),
      fails: ['zero gradients', 'gradient free'],
    },
    'tanh outputs of huge gain on a robust network': {
      model: () => tanhOutputs(robust, 100),
      fails: ['zero gradients'],
    },
    'random logits of one seed': {
      model: () => noisyLogits(plain, normals, 1, 'once'),
      fails: ['repeatability', 'verified adversarials'],
    },
    'random logits seeded at each call': {
      model: () => noisyLogits(plain, normals, 1, 'each call'),
      fails: ['repeatability'],
    },
    'random logits seeded by the image': {
      model: () => noisyLogits(plain, normals, 1, 'by the image'),
      fails: ['repeatability'],
    },
    'a little noise': { model: () => noisyLogits(plain, normals, 0.03, 'once'), fails: ['repeatability'] },
    'noisy inputs': { model: () => noisyInputs(plain, normals, 0.1, 1, false), fails: ['repeatability'] },
    'the mean over noisy inputs': {
      model: () => noisyInputs(plain, normals, 0.1, 4, false),
      fails: ['repeatability'],
    },
    'logits that depend on the batch': { model: () => batchDependent(plain), fails: ['repeatability'] },
    'confident probabilities in place of logits': {
      model: () => probabilities(plain, 0.05),
      fails: ['gradient size'],
    },
    'logits clipped at 1': {
      model: () => clippedLogits(plain, 1),
      fails: ['gradient free'],
      settings: { epsilons: [0.1, 0.2, 0.3] },
    },
    'rounded logits': { model: () => roundedLogits(plain, 0.05), fails: ['finite differences'] },
    'step activations with the slope of tanh': {
      model: () => trained('step', [32]),
      fails: ['finite differences'],
    },
    'rounded blocks, as in JPEG': { model: () => haarRounded(plain, 0.1, false), fails: ['zero gradients'] },
    'rounded blocks with the gradient of none': {
      model: () => haarRounded(plain, 0.1, true),
      fails: ['finite differences'],
    },
    'gradients of flipped sign': {
      model: () => gradientsChanged(plain, (g) => -g),
      fails: ['finite differences', 'gradient free', 'full range'],
    },
    'no gradients': {
      model: () => gradientsChanged(plain, () => 0),
      fails: ['zero gradients', 'gradient size', 'finite differences', 'blind directions', 'gradient free'],
    },
    'gradients that are NaN': {
      model: () => gradientsChanged(plain, () => Number.NaN),
      fails: ['zero gradients'],
    },
    'gradients of every other input': {
      model: () => gradientsChanged(plain, (g, i) => (i % 2 === 0 ? g : 0)),
      fails: ['finite differences'],
    },
    'gradients of another network': {
      model: () => {
        // From other initial weights; the same ones a few epochs earlier would be nearly this network.
        const first = digits.normals;
        digits = { ...digits, normals: (stream, index, out) => first(`other ${stream}`, index, out) };
        const other = trained('relu', [24]);
        digits = { ...digits, normals: first };
        return { ...plain, back: other.back };
      },
      fails: ['finite differences'],
    },
    'gradients that are true at the images alone': {
      // Pixels of these images are multiples of 1/1020.
      model: () =>
        gradientsChanged(plain, (g, _, image) =>
          image.every((x) => Math.abs(x * 1020 - Math.round(x * 1020)) < 1e-3) ? g : 0,
        ),
      fails: ['finite differences'],
    },
    'logits that are NaN for one image': {
      model: () => ({
        ...plain,
        logits: (image, call) => (call.row === 3 ? Array(10).fill(Number.NaN) : plain.logits(image, call)),
      }),
      fails: ['logits'],
    },
  };
  it.each(Object.keys(masked))('sees through %s', async (name) => {
    const { model, fails, settings } = masked[name] as Planted;
    const report = await audited(classifierOf(model()), settings);
    expect(report).toMatchObject({ verdict: 'masked' });
    const failed = report.checks.filter(({ status }) => status === 'fail').map((check) => check.name);
    expect(failed).toEqual(expect.arrayContaining([...fails]));
  });
});

describe('audit of what it cannot settle', () => {
  it('is inconclusive without gradients', async () => {
    const { lossGradient: _, ...blackBox } = classifierOf(plain);
    const report = await audited(blackBox);
    expect(report).toMatchObject({ verdict: 'inconclusive', calls: { gradient: 0 } });
    expect(report.reasons.join()).toContain('offers no gradients');
    expect(statusOf(report, 'gradient free')).toBe('not measured');
    expect(report.epsilons.at(-1)?.accuracy).toBe(0);
  });

  it('sees randomness without gradients', async () => {
    const { lossGradient: _, ...blackBox } = classifierOf(noisyLogits(plain, digits.normals, 1, 'once'));
    expect(await audited(blackBox)).toMatchObject({ verdict: 'masked' });
  });

  it('asks for the values before a softmax that does no harm', async () => {
    const report = await audited(classifierOf(probabilities(plain, 1)));
    expect(report.verdict).toBe('inconclusive');
    expect(report.reasons).toEqual([expect.stringContaining('probabilities')]);
  });

  it('doubts logits that are clipped a little', async () => {
    const report = await audited(classifierOf(clippedLogits(plain, 1.5)), { epsilons: [0.1, 0.2, 0.3] });
    expect(report.verdict).toBe('inconclusive');
    expect(report.reasons.join()).toContain('the ends of their range');
  });

  it('does not judge by nineteen images', async () => {
    const images = digits.test.images.slice(0, 19 * digits.inputs);
    const labels = digits.test.labels.slice(0, 19);
    const report = await audited(classifierOf(plain), { images, labels, epsilons: [0.1] });
    expect(report.verdict).toBe('inconclusive');
  });

  it('does not judge a classifier that gets nothing right', async () => {
    const labels = digits.test.labels.map((label) => (label + 1) % 10);
    const wrong = { ...plain, logits: (image: Float64Array) => plain.logits(image, { row: 0, count: 1 }) };
    const report = await audited(classifierOf(wrong), { labels, epsilons: [0.1] });
    expect(report.verdict).not.toBe('trustworthy');
  });
});

describe('audit with help', () => {
  it('sees by stabilised gradients that the plain ones had underflowed', async () => {
    const report = await audited(classifierOf(tanhOutputs(plain, 100)), {
      epsilons: [0.1],
      stabilised: classifierOf(plain),
    });
    expect(statusOf(report, 'stabilised gradients')).toBe('fail');
    expect(report.otherCalls.gradient).toBeGreaterThan(0);
  });

  it('sees by transfer from the twin that gradients were hidden', async () => {
    const twin = classifierOf(trained('relu', [24], { epochs: 6 }));
    const report = await audited(classifierOf(quantised(plain, 8)), { epsilons: [0.1], twin });
    expect(statusOf(report, 'transfer')).toBe('fail');
  });

  it('finds neither stronger than the gradients of a plain network', async () => {
    const twin = classifierOf(trained('relu', [24], { epochs: 6 }));
    const report = await audited(classifierOf(plain), { epsilons: [0.1], twin, stabilised: twin });
    expect(statusOf(report, 'transfer')).toBe('pass');
    expect(statusOf(report, 'stabilised gradients')).toBe('pass');
  });
});

describe('audit', () => {
  it('gives the same report again, and for any batch size', async () => {
    const settings = { epsilons: [0.1], queries: 40 };
    const first = await audited(classifierOf(plain), settings);
    expect(await audited(classifierOf(plain), settings)).toEqual(first);
    expect(await audited(classifierOf(plain), { ...settings, batchSize: 13 })).toEqual(first);
  });

  it('writes every figure as JSON', async () => {
    const report = await audited(classifierOf(gradientsChanged(plain, () => 0)));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('tells its parts in order', async () => {
    const parts: number[] = [];
    await audited(classifierOf(plain), {
      epsilons: [0.1],
      onProgress: ({ done, total }) => parts.push(done, total),
    });
    expect(parts).toEqual([0, 5, 1, 5, 2, 5, 3, 5, 4, 5]);
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const asked = audited(classifierOf(plain), {
      signal: controller.signal,
      onProgress: ({ done }) => done === 1 && controller.abort(),
    });
    await expect(asked).rejects.toThrow('aborted');
  });

  it.each([
    [{ epsilons: [] }, 'audit: expected at least one epsilon, got none'],
    [{ epsilons: [0.2, 0.1] }, 'audit: expected ascending epsilons above 0, got 0.1 after 0.2'],
    [{ epsilons: [0] }, 'audit: expected ascending epsilons above 0, got 0 after 0'],
    [{ epsilons: [Number.NaN] }, 'audit: expected a finite epsilon of at least 0, got NaN'],
    [{ steps: 0 }, 'audit: expected steps as a whole number >= 1, got 0'],
    [{ restarts: 1 }, 'audit: expected restarts as a whole number >= 2, got 1'],
    [{ queries: 1.5 }, 'audit: expected queries as a whole number >= 1, got 1.5'],
    [{ batchSize: 0 }, 'audit: expected a positive batch size, got 0'],
    [
      { images: new Float32Array(), labels: new Uint8Array() },
      'audit: expected at least one image, got none',
    ],
  ])('refuses %o', async (settings, message) => {
    await expect(audited(classifierOf(plain), settings)).rejects.toThrow(message);
  });

  it('refuses a twin of another size', async () => {
    const { inputs, normals } = digits;
    const twin = classifierOf(modelOf(tinyNetwork([inputs, 7], 'relu', normals)));
    await expect(audited(classifierOf(plain), { twin })).rejects.toThrow(
      'audit: expected twin of 196 inputs and 10 classes, got 196 and 7',
    );
  });
});
