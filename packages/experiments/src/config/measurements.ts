import * as v from 'valibot';
import { grid } from './attacks.js';
import { count, described, describedVariant, positive, wholeNumber } from './fields.js';
import { groupsOfClasses } from './networks.js';
import { saturationMeasurements } from './saturation-measurements.js';

/** What is measured of every model beside accuracy, spectra and attacks. */
export const measurement = describedVariant('A measurement; each kind at most once.', [
  v.strictObject({
    kind: described(
      v.literal('unpruned-spectra'),
      'Spectra of a layer before its noisy units were set to 0 (arXiv 2405.00679, figure 1); of no other models.',
    ),
  }),
  v.strictObject({
    kind: described(
      v.literal('sub-populations'),
      'Power laws of the first 10, 50, 100, ... units, and dimensions of the whole spectrum; spectra of the inputs, once (arXiv 2405.00679).',
    ),
  }),
  v.strictObject({
    kind: described(
      v.literal('jacobian'),
      'Norm, singular values and effective rank of d logits / d input for each image.',
    ),
    images: described(count, 'Test images, the first of the set.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('landscape'),
      'Norm of the Jacobian of the latent ReLU(h)^n and the class, on a random plane through an image (arXiv 2405.00679).',
    ),
    image: described(v.pipe(wholeNumber, v.minValue(0)), 'Which test image, from 0.'),
    side: described(
      v.pipe(wholeNumber, v.minValue(2), v.maxValue(400)),
      'Points along a side; 100 in arXiv 2405.00679.',
    ),
    reach: described(positive, 'The plane reaches this far either way; 20 in arXiv 2405.00679.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('cross-validated-spectrum'),
      'Spectrum by cross-validated principal components of two repeats with independent noise (Stringer et al. 2019).',
    ),
    noise: described(positive, 'Standard deviation of the noise on the normalised images.'),
    images: described(v.pipe(wholeNumber, v.minValue(3)), 'Test images, the first of the set.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('fixed-budget'),
      'Share of all test images that is still right at each epsilon (arXiv 2211.01236); images that are wrong from the start count as wrong.',
    ),
    images: described(count, 'Test images, the first of the set; all there are where they are fewer.'),
    attacks: described(
      v.pipe(
        v.array(v.picklist(['fgsm', 'pgd', 'clean-gradient-pgd'])),
        v.minLength(1, 'expected at least one attack'),
        v.check((names) => isWithoutRepeats(names), 'expected each attack at most once'),
      ),
      "pgd: steps of 2.5 epsilon / steps along the sign from the image, kept within epsilon and in [0, 1]; clean-gradient-pgd: the authors' steps of epsilon along the gradient of the clean image, 0.5 in all.",
    ),
    losses: described(
      v.pipe(
        v.array(v.picklist(['cross-entropy', 'with-isometry'])),
        v.minLength(1, 'expected at least one loss'),
        v.check((names) => isWithoutRepeats(names), 'expected each loss at most once'),
      ),
      'What the attacks raise: the cross-entropy, or its sum with the isometry penalty that the model was trained with (of no other models), whose batches are those of the training.',
    ),
    steps: described(count, 'Steps of both kinds of PGD; 10 in arXiv 2211.01236.'),
    grid,
  }),
  v.strictObject({
    kind: described(
      v.literal('isometry'),
      'Distances within classes in each hidden layer against those of the inputs, and by the distance to the decision boundary (arXiv 2211.01236).',
    ),
    images: described(v.pipe(wholeNumber, v.minValue(2)), 'Test images, the first of the set.'),
    pairs: described(v.pipe(wholeNumber, v.minValue(2)), 'Random pairs of images of one class.'),
    groups: described(
      count,
      'Groups of equally many pairs, from near the boundary to far from it; its distance is the minimal L2 norm.',
    ),
  }),
  v.strictObject({
    kind: described(
      v.literal('hierarchy'),
      'Graded error in a tree of classes, distances within its groups, and embeddings before and after each level (arXiv 2211.01236).',
    ),
    levels: described(
      v.pipe(v.array(groupsOfClasses), v.minLength(1, 'expected at least one level')),
      'The tree, coarse to fine: the group of each class at each level.',
    ),
    images: described(
      v.pipe(wholeNumber, v.minValue(3)),
      'Test images of the distances, the first of the set.',
    ),
    pairs: described(
      v.pipe(wholeNumber, v.minValue(2)),
      'Random pairs of images of one group, at each level.',
    ),
    points: described(v.pipe(wholeNumber, v.minValue(3)), 'Of these images, those that the embeddings show.'),
  }),
  ...saturationMeasurements,
]);

function isWithoutRepeats(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
