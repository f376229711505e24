import * as v from 'valibot';
import { experimentResults, saturationResults } from './saturation-results-schema.js';

const numbers = v.array(v.number());

const spectrum = v.looseObject({
  alpha: v.exactOptional(v.number()),
  stdErr: v.exactOptional(v.number()),
  intercept: v.exactOptional(v.number()),
  fit: v.tuple([v.number(), v.number()]),
  eigenvalues: numbers,
});

const inputSpectrum = v.looseObject({
  ...spectrum.entries,
  participationRatio: v.number(),
  effectiveRank: v.number(),
});

const distance = v.looseObject({
  found: v.number(),
  total: v.number(),
  unverified: v.number(),
  median: v.exactOptional(v.number()),
  q25: v.exactOptional(v.number()),
  q75: v.exactOptional(v.number()),
  p5: v.exactOptional(v.number()),
  p95: v.exactOptional(v.number()),
  calls: v.exactOptional(v.looseObject({ forward: v.number(), gradient: v.number() })),
});

const bisected = v.looseObject({
  ...distance.entries,
  gridComparison: v.looseObject({ images: v.number(), disagreeing: v.number(), callsShare: v.number() }),
});

const populations = v.looseObject({
  populations: v.array(
    v.looseObject({
      units: v.number(),
      alpha: v.exactOptional(v.number()),
      stdErr: v.exactOptional(v.number()),
      weightedAlpha: v.exactOptional(v.number()),
    }),
  ),
  participationRatio: v.number(),
  effectiveRank: v.number(),
});

const line = v.looseObject({
  layer: v.exactOptional(v.string()),
  pairs: v.number(),
  slope: v.number(),
  intercept: v.number(),
  correlation: v.exactOptional(v.number()),
});

const fixedBudget = v.looseObject({
  images: v.number(),
  curves: v.record(v.string(), v.record(v.string(), v.looseObject({ epsilon: numbers, accuracy: numbers }))),
});

const isometry = v.looseObject({
  images: v.number(),
  factor: v.exactOptional(v.number()),
  layers: v.array(line),
  boundary: v.array(
    v.looseObject({
      layer: v.string(),
      residualCorrelation: v.exactOptional(v.number()),
      groups: v.array(v.looseObject({ ...line.entries, from: v.number(), to: v.number() })),
    }),
  ),
  shown: v.looseObject({ input: numbers, boundary: numbers, layers: v.array(numbers) }),
});

const hierarchy = v.looseObject({
  images: v.number(),
  treeDistance: v.looseObject({ mean: v.number(), largest: v.number(), levelErrors: numbers }),
  levels: v.array(v.looseObject({ distances: v.array(line) })),
  ownErrors: numbers,
  embeddings: v.array(v.looseObject({ name: v.string(), points: numbers, explained: v.number() })),
  labels: numbers,
});

const measurements = v.looseObject({
  'unpruned-spectra': v.exactOptional(v.looseObject({ images: spectrum, noise: spectrum })),
  'sub-populations': v.exactOptional(v.looseObject({ images: populations, noise: populations })),
  jacobian: v.exactOptional(
    v.looseObject({
      images: v.number(),
      norm: v.looseObject({ median: v.number(), q25: v.number(), q75: v.number() }),
      singularValues: numbers,
      effectiveRank: v.number(),
    }),
  ),
  landscape: v.exactOptional(
    v.looseObject({
      image: v.number(),
      side: v.number(),
      reach: v.number(),
      jacobianNorm: numbers,
      classes: numbers,
      confidence: numbers,
    }),
  ),
  'cross-validated-spectrum': v.exactOptional(spectrum),
  'fixed-budget': v.exactOptional(fixedBudget),
  isometry: v.exactOptional(isometry),
  hierarchy: v.exactOptional(hierarchy),
  ...saturationResults,
});

const oneSeed = v.looseObject({
  accuracy: v.number(),
  criticalDistance: v.record(v.string(), distance),
  bisectedDistance: v.exactOptional(v.record(v.string(), bisected)),
  measurements: v.exactOptional(measurements),
  relativeAccuracy: v.record(v.string(), v.looseObject({ epsilon: numbers, accuracy: numbers })),
  spectrum: v.looseObject({ images: spectrum, noise: spectrum }),
  layer: v.exactOptional(
    v.looseObject({
      convergedShare: v.number(),
      medianNorm: v.number(),
      negativeAttractorUnits: v.number(),
      prunedUnits: v.number(),
      pruningThreshold: v.exactOptional(v.number()),
      variances: numbers,
    }),
  ),
  sha256: v.exactOptional(v.string()),
  twinSha256: v.exactOptional(v.string()),
});

const model = v.looseObject({
  ...oneSeed.entries,
  interval: v.exactOptional(v.record(v.string(), v.unknown())),
  perSeed: v.exactOptional(v.array(oneSeed)),
});

const verdict = v.picklist(['holds', 'fails', 'undecided']);

const comparison = v.variant('kind', [
  v.looseObject({
    kind: v.literal('measured'),
    name: v.string(),
    verdict,
    scale: v.picklist(['ratio', 'difference']),
    estimate: v.number(),
    interval: v.tuple([v.number(), v.number()]),
    over: v.picklist(['seeds', 'images']),
    required: v.exactOptional(v.string()),
  }),
  v.looseObject({ kind: v.literal('not measured'), name: v.string(), verdict, reason: v.string() }),
]);

/** What readers of results.json rely on; more may stand beside it. */
export const runResultsSchema = v.looseObject({
  schema: v.literal(1),
  models: v.record(v.string(), model),
  experiments: v.exactOptional(experimentResults),
  claims: v.array(
    v.looseObject({
      claim: v.string(),
      verdict,
      evidence: v.string(),
      comparisons: v.exactOptional(v.array(comparison)),
    }),
  ),
  inputSpectra: v.exactOptional(v.looseObject({ images: inputSpectrum, noise: inputSpectrum })),
});
