import { createImageSet, type Dataset, type ImageSet } from './images.js';
import type { NormalSource } from './orthonormal-columns.js';
import { type PowerLaw, type PowerLawSample, samplePowerLaw } from './power-law-sample.js';

/** What generatePowerLawImages takes. */
export interface PowerLawImagesOptions extends PowerLaw {
  /** How many training images; at least 3 per class, without prime factors above 100. */
  readonly train: number;
  /** How many test images, likewise. */
  readonly test: number;
  /** The random numbers, which carry the seed. */
  readonly normals: NormalSource;
}

/** Generated images together with what is known of them. */
export interface PowerLawImages extends Dataset {
  readonly origin: 'generated';
  readonly trainSpectrum: KnownSpectrum;
  readonly testSpectrum: KnownSpectrum;
}

/** The covariance spectrum of images before they were rounded to bytes, and what rounding can have done to it. */
export interface KnownSpectrum {
  /** Descending, in grey levels squared (pixels 0..255): exact for the float images. */
  readonly eigenvalues: Float64Array;
  /**
   * What rounding adds to the variance of a pixel on average: 1/12, that of an error uniform in -1/2..1/2. It is a
   * floor under the spectrum: an eigenvalue well above it grows by about 1/12 (1 + pixels / (count - 1)), one that is
   * not is noise.
   */
  readonly roundingVariance: number;
  /**
   * How far the square root of any eigenvalue of the bytes can at most be from that of its exact value: the Frobenius
   * norm of the largest possible error over sqrt(count - 1) (Weyl's inequality for singular values).
   */
  readonly roundingBound: number;
}

/** Settings of power-law images that stand in for CIFAR-10, by size; `normals` is to be added. */
export const powerLawPresets = {
  /** 4,000 + 1,000 images; the spectrum of the training images has all 3,072 eigenvalues. */
  'power-law-images': {
    alpha: 1,
    shape: [32, 32, 3],
    classes: 10,
    classSeparation: 0.5,
    train: 4000,
    test: 1000,
  },
  /** 512 + 256 images, for tests; 502 and 246 eigenvalues. */
  'power-law-images-small': {
    alpha: 1,
    shape: [32, 32, 3],
    classes: 10,
    classSeparation: 0.5,
    train: 512,
    test: 256,
  },
} as const satisfies Record<string, Omit<PowerLawImagesOptions, 'normals'>>;

/** The names of the presets. */
export type PowerLawPresetName = keyof typeof powerLawPresets;

/**
 * Generates 8-bit images whose covariance spectrum is a known power law, with classes planted in it. Training and test
 * images are samples of one law (see samplePowerLaw), around the grey level 127.5, with one contrast for both: the
 * largest at which no pixel has to be clipped.
 *
 * @throws DataError when a setting is out of its range.
 * @example
 * ```ts
 * const normals = (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out);
 * const { train, test, trainSpectrum } = generatePowerLawImages({ ...powerLawPresets['power-law-images-small'], normals });
 * ```
 */
export function generatePowerLawImages(options: PowerLawImagesOptions): PowerLawImages {
  const { train, test, normals, shape, classes } = options;
  const name = 'power-law-images';
  const trainSample = samplePowerLaw(options, train, normals, `${name} train`);
  const testSample = samplePowerLaw(options, test, normals, `${name} test`);
  const contrast = 127.5 / Math.max(largest(trainSample.values), largest(testSample.values));
  const classNames = Array.from({ length: classes }, (_, label) => `class ${label}`);
  const images = (split: string, { values, labels }: PowerLawSample): ImageSet => {
    const pixels = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) pixels[i] = Math.round(127.5 + contrast * (values[i] as number));
    return createImageSet({ name, split, shape, pixels, labels, classNames });
  };
  return {
    name,
    origin: 'generated',
    train: images('train', trainSample),
    test: images('test', testSample),
    trainSpectrum: knownSpectrum(trainSample, contrast),
    testSpectrum: knownSpectrum(testSample, contrast),
  };
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function knownSpectrum({ eigenvalues, values, labels }: PowerLawSample, contrast: number): KnownSpectrum {
  return {
    eigenvalues: eigenvalues.map((value) => contrast ** 2 * value),
    roundingVariance: 1 / 12,
    roundingBound: 0.5 * Math.sqrt(values.length / (labels.length - 1)),
  };
}
