import * as v from 'valibot';

const numbers = v.array(v.number());
const theoryAndMeasured = v.looseObject({ theory: v.number(), measured: numbers });

/** Measurements of arXiv 1703.09202, as readers of results.json rely on them. */
export const saturationResults = {
  audit: v.exactOptional(
    v.looseObject({
      verdict: v.exactOptional(v.picklist(['trustworthy', 'masked', 'inconclusive'])),
      checks: v.record(
        v.string(),
        v.looseObject({
          status: v.exactOptional(v.picklist(['pass', 'warn', 'fail', 'not measured'])),
          sentence: v.exactOptional(v.string()),
        }),
      ),
      epsilons: v.array(
        v.looseObject({ epsilon: v.number(), whiteBoxAccuracy: v.number(), accuracy: v.number() }),
      ),
      images: v.number(),
      correct: v.number(),
    }),
  ),
  'adversarial-error': v.exactOptional(
    v.record(
      v.string(),
      v.looseObject({
        images: v.number(),
        epsilon: numbers,
        error: numbers,
        calls: v.looseObject({ forward: v.number(), gradient: v.number() }),
      }),
    ),
  ),
  'layer-similarity': v.exactOptional(
    v.looseObject({
      drawn: numbers,
      layers: v.array(
        v.looseObject({
          layer: v.string(),
          silhouette: v.number(),
          silhouetteByClass: numbers,
          withinClasses: v.number(),
          acrossClasses: v.number(),
          directionless: v.number(),
          matrix: numbers,
        }),
      ),
    }),
  ),
  'jacobian-paths': v.exactOptional(
    v.looseObject({
      pairs: v.number(),
      singularValues: v.array(numbers),
      largest: v.number(),
      effectiveRank: v.number(),
    }),
  ),
  'activation-saturation': v.exactOptional(
    v.looseObject({
      layers: v.array(
        v.looseObject({
          layer: v.string(),
          saturatedShare: v.number(),
          edges: numbers,
          counts: numbers,
        }),
      ),
    }),
  ),
  'weight-kurtosis': v.exactOptional(
    v.looseObject({
      layers: v.array(
        v.looseObject({ layer: v.string(), excessKurtosis: v.number(), normRatio: v.number() }),
      ),
    }),
  ),
};

/** Experiments of no model. */
export const experimentResults = v.looseObject({
  'linear-kurtosis': v.exactOptional(
    v.looseObject({
      linfEpsilon: v.number(),
      l2Epsilon: v.number(),
      shapes: v.array(
        v.looseObject({
          shape: v.number(),
          kurtosis: theoryAndMeasured,
          normRatio: theoryAndMeasured,
          cleanError: theoryAndMeasured,
          linfError: theoryAndMeasured,
          l2Error: theoryAndMeasured,
        }),
      ),
    }),
  ),
});
