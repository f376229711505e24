import * as v from 'valibot';
import { count, described, describedVariant, positive, wholeNumber } from './fields.js';

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
]);
