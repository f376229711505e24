import { fgsm, logarithmicGrid, pgd, relativeAccuracy } from '@hebblab/attacks';
import { classifierOf } from './lib/small-model.js';

export const name = 'attack';
export const question = 'How many adversarial images a second do attacks make of a two-layer network?';

const count = 200;

/** Images are counted once for each epsilon, as PGD makes one anew for each. */
export const cases = [
  attackCase('FGSM at 4 epsilons, 200 images of 784', fgsm(), logarithmicGrid(-3, -1, 4)),
  attackCase(
    'PGD of 20 steps, 200 images of 784',
    pgd({
      norm: 'linf',
      steps: 20,
      stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
      clip: 'after the last step',
    }),
    [0.05],
  ),
];

function attackCase(title, attack, epsilons) {
  return {
    name: title,
    items: count * epsilons.length,
    setup: () => classifierOf({ inputs: 784, hidden: 400, classes: 10, count }),
    run: (_, { classifier, images, labels }) =>
      relativeAccuracy(classifier, attack, { images, labels, epsilons, batchSize: count }),
  };
}
