import { generatePowerLawImages, type PowerLaw, powerLawPresets, samplePowerLaw } from '@hebblab/data';
import { describe, expect, it } from 'vitest';
import { faultOf, hashedNormals } from './builders.js';
import { covarianceOf, eigenvaluesOf } from './float64-reference.js';

const law: PowerLaw = { alpha: 1.25, shape: [3, 4, 3], classes: 5, classSeparation: 0.5 };
const normals = hashedNormals(1);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** The mean image of each class. */
function classMeans(values: Float64Array, labels: Uint8Array, pixels: number, classes: number): number[][] {
  return Array.from({ length: classes }, (_, label) => {
    const members = [...labels.keys()].filter((image) => labels[image] === label);
    return Array.from({ length: pixels }, (_, j) => {
      return sum(members.map((image) => values[image * pixels + j] as number)) / members.length;
    });
  });
}

describe('samplePowerLaw', () => {
  // 42 = 2 * 3 * 7, 64 = 2^6, 120: class counts that differ by one, and equal ones.
  it.each([42, 64, 120])('has the covariance eigenvalues k^-alpha in a sample of %i images', (count) => {
    const { values } = samplePowerLaw(law, count, normals, 'train');
    const rank = Math.min(36, count - 5);
    eigenvaluesOf(covarianceOf(values, count)).forEach((eigenvalue, k) => {
      expect(eigenvalue).toBeCloseTo(k < rank ? (k + 1) ** -1.25 : 0, 12);
    });
  });

  it('states the eigenvalues', () => {
    const { eigenvalues } = samplePowerLaw(law, 30, normals, 'train');
    // 30 images in 5 classes: 25 eigenvalues of 36.
    expect([...eigenvalues]).toEqual(Array.from({ length: 36 }, (_, k) => (k < 25 ? (k + 1) ** -1.25 : 0)));
  });

  it('has mean zero', () => {
    const { values } = samplePowerLaw(law, 42, normals, 'train');
    for (let j = 0; j < 36; j++) {
      expect(sum(Array.from({ length: 42 }, (_, image) => values[image * 36 + j] as number))).toBeCloseTo(
        0,
        12,
      );
    }
  });

  it.each([0, 0.5, 1])(
    'puts the share %d of the variance of ranks 2 to 5 between the classes',
    (classSeparation) => {
      const { values, labels } = samplePowerLaw({ ...law, classSeparation }, 60, normals, 'train');
      const means = classMeans(values, labels, 36, 5);
      const between = sum(means.flat().map((mean) => mean ** 2 * 12)) / 59;
      expect(between).toBeCloseTo(classSeparation * sum([2, 3, 4, 5].map((k) => k ** -1.25)), 12);
    },
  );

  it('has the same class means in another sample, but for the factor sqrt((n - 1) / n)', () => {
    const means = (count: number, stream: string) => {
      const { values, labels } = samplePowerLaw(law, count, normals, stream);
      return classMeans(values, labels, 36, 5)
        .flat()
        .map((mean) => mean / Math.sqrt((count - 1) / count));
    };
    const other = means(100, 'test');
    means(60, 'train').forEach((mean, i) => {
      expect(mean).toBeCloseTo(other[i] as number, 12);
    });
  });

  it('gives other images for another seed or stream, the same for the same', () => {
    const { values } = samplePowerLaw(law, 30, normals, 'train');
    expect(samplePowerLaw(law, 30, hashedNormals(1), 'train').values).toEqual(values);
    expect(samplePowerLaw(law, 30, hashedNormals(2), 'train').values).not.toEqual(values);
    expect(samplePowerLaw(law, 30, normals, 'test').values).not.toEqual(values);
  });

  it('varies like a normal distribution and not between two values', () => {
    const { values } = samplePowerLaw({ ...law, alpha: 0, classSeparation: 0 }, 120, normals, 'train');
    const kurtosis = (values.length * sum(values.map((x) => x ** 4))) / sum(values.map((x) => x ** 2)) ** 2;
    // 3 for a normal distribution; the standard error of 4320 values is sqrt(24 / 4320) = 0.075.
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.4);
  });

  it.each([
    [{ alpha: -1 }, 30, 'alpha of at least 0, got -1'],
    [{ alpha: Number.NaN }, 30, 'got NaN'],
    [{ classes: 1 }, 30, '2 to 36 classes, got 1'],
    [{ classSeparation: 1.5 }, 30, 'class separation of 0..1, got 1.5'],
    [{}, 14, 'at least 15 images, got 14'],
    [{}, 202, 'without prime factors above 100, got 202'],
  ])('refuses the settings %j with %i images', (changes, count, message) => {
    expect(faultOf(() => samplePowerLaw({ ...law, ...changes }, count, normals, 'train'))).toContain(message);
  });
});

describe('generatePowerLawImages', () => {
  const options = { ...law, train: 64, test: 50, normals };
  const generated = generatePowerLawImages(options);

  it('uses all grey levels that fit, for training and test images together', () => {
    const all = [...generated.train.pixels, ...generated.test.pixels];
    const least = Math.min(...all);
    const most = Math.max(...all);
    expect(least === 0 || most === 255).toBe(true);
  });

  it('has a spectrum within the stated bound of rounding', () => {
    for (const split of ['train', 'test'] as const) {
      const { eigenvalues, roundingBound } = generated[`${split}Spectrum`];
      const { pixels, count } = generated[split];
      const measured = eigenvaluesOf(covarianceOf(Float64Array.from(pixels), count));
      measured.forEach((value, k) => {
        const exact = eigenvalues[k] as number;
        expect(Math.abs(Math.sqrt(Math.max(0, value)) - Math.sqrt(exact))).toBeLessThan(roundingBound);
      });
    }
  });

  it('has a total variance that is larger by the variance of rounding, about 1/12 per pixel', () => {
    const { pixels, count } = generated.train;
    const covariance = covarianceOf(Float64Array.from(pixels), count);
    const total = sum(Array.from({ length: 36 }, (_, j) => covariance[j * 36 + j] as number));
    const added = (total - sum(generated.trainSpectrum.eigenvalues)) / 36;
    // Rounding errors are also correlated with the values by chance: the standard error is about
    // 2 sqrt(variance * (1/12) / (36 * 64)) = 0.6 for a variance of 36 per pixel and more.
    const variance = total / 36;
    expect(Math.abs(added - 1 / 12)).toBeLessThan(4 * 2 * Math.sqrt(variance / 12 / (36 * 64)));
  });

  it('labels the classes in turn and names them', () => {
    expect([...generated.train.labels.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 0]);
    expect(generated.train.classNames).toEqual(['class 0', 'class 1', 'class 2', 'class 3', 'class 4']);
  });

  it('has a preset that stands in for CIFAR-10 in tests', () => {
    const { train, test, trainSpectrum } = generatePowerLawImages({
      ...powerLawPresets['power-law-images-small'],
      normals,
    });
    expect([train.count, test.count, ...train.shape]).toEqual([512, 256, 32, 32, 3]);
    const [first = 0] = trainSpectrum.eigenvalues;
    expect(trainSpectrum.eigenvalues[499]).toBeCloseTo(first / 500, 9);
  });
});
