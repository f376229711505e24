import {
  accuracyBars,
  auditMatrix,
  decisionMaps,
  distanceBoxes,
  embeddings,
  heatMaps,
  intervalPlot,
  lineCurves,
  overlaidHistograms,
  pairScatter,
  perturbationCurves,
  remainingRobustness,
  robustnessScatter,
  similarityMatrices,
  spectraFigure,
  synapseMosaic,
  trainingCurves,
  varianceHistogram,
} from '@hebblab/report';

/** One small figure of each kind, with the given title and name of a series. */
export const figures: Record<string, (title: string, name: string) => string> = {
  synapseMosaic: (title) =>
    synapseMosaic({
      weights: Float32Array.of(-1, 0, 0.5, 1, 0.25, 0, 0, 0),
      hidden: 2,
      shape: [2, 2, 1],
      columns: 2,
      pruned: [0, 1],
      title,
    }),
  varianceHistogram: (title) =>
    varianceHistogram({
      variances: [8e-4, 9e-4, 8.5e-4, 2.1e-3],
      threshold: { kind: 'cut', value: 0.0015 },
      title,
    }),
  spectraFigure: (title, name) =>
    spectraFigure({
      series: [
        {
          name,
          eigenvalues: inverseRanks(1000),
          fit: { alpha: 1, standardError: 0.012, intercept: 0, from: 10, to: 500 },
        },
      ],
      guide: true,
      title,
    }),
  accuracyBars: (title, name) =>
    accuracyBars({ models: [{ name, accuracy: 0.472, interval: [0.46, 0.48] }], chance: 0.1, title }),
  perturbationCurves: (title, name) =>
    perturbationCurves({
      series: [{ name, epsilon: [1e-3, 1e-2, 1e-1, 1], accuracy: [1, 0.75, 0.25, 0] }],
      attack: 'FGSM',
      title,
    }),
  trainingCurves: (title, name) =>
    trainingCurves({ series: [{ name, epoch: [1, 2, 3], value: [0.5, 0.25, 0.125] }], label: 'loss', title }),
  heatMaps: (title, name) =>
    heatMaps({
      panels: [
        { name, values: [1, 2, 3, 4, 5, 6] },
        { name: `${name}, other`, values: [2, 2, 2, 2, 2, 2] },
      ],
      ...plane,
      label: name,
      scale: 'own',
      title,
    }),
  decisionMaps: (title, name) =>
    decisionMaps({
      panels: [{ name, classes: [0, 0, 1, 0, 0, 1], confidence: [1, 1, 0.5, 1, 0.75, 1] }],
      ...plane,
      classNames: [name, 'another'],
      title,
    }),
  distanceBoxes: (title, name) =>
    distanceBoxes({
      groups: [
        {
          name,
          boxes: [
            { name, found: 0, total: 10 },
            {
              name: `${name}, other`,
              found: 10,
              total: 10,
              quartiles: [0.1, 0.2, 0.4],
              whiskers: [0.05, 1],
              references: { [name]: 0.123 },
            },
          ],
        },
      ],
      label: name,
      whiskers: name,
      references: [name],
      title,
    }),
  robustnessScatter: (title, name) =>
    robustnessScatter({
      models: [
        {
          name,
          distance: 0.12,
          distanceInterval: [0.11, 0.13],
          accuracy: 0.47,
          accuracyInterval: [0.46, 0.48],
          published: { distance: 0.123, accuracy: 0.472 },
        },
        { name: `${name}, other`, distance: 0.04, accuracy: 0.56 },
      ],
      attack: name,
      title,
    }),
  lineCurves: (title, name) =>
    lineCurves({
      series: [
        { name, x: [0, 1, 2], y: [1, 0.5, 0.25], drawnAs: 'theory' },
        {
          name: `${name}, measured`,
          x: [0.5, 1.5],
          y: [0.7, 0.4],
          interval: [
            [0.6, 0.8],
            [0.3, 0.5],
          ],
          drawnAs: 'points',
        },
        {
          name: `${name}, joined`,
          x: [0, 2],
          y: [1, 1],
          interval: [
            [0.9, 1],
            [1, 1.1],
          ],
        },
      ],
      x: { label: name },
      y: { label: name },
      title,
    }),
  pairScatter: (title, name) =>
    pairScatter({
      panels: [
        {
          name,
          x: [0, 1, 2],
          y: [0, 2, 4],
          value: [1, 2, 3],
          line: { slope: 2, intercept: 0 },
          correlation: 1,
        },
        { name: `${name}, other`, x: [1], y: [1] },
      ],
      x: name,
      y: name,
      value: name,
      title,
    }),
  embeddings: (title, name) =>
    embeddings({
      panels: [{ name, points: [0, 0, 1, 1, 0, 1], labels: [0, 1, 1], detail: name }],
      classNames: [name, 'another'],
      x: name,
      y: name,
      title,
    }),
  similarityMatrices: (title, name) =>
    similarityMatrices({
      panels: [{ name, values: [1, 0.5, 0, 0.5, 1, 0, 0, 0, 1], detail: name }],
      size: 3,
      classes: [
        { name, count: 2 },
        { name: 'another', count: 1 },
      ],
      label: name,
      title,
    }),
  overlaidHistograms: (title, name) =>
    overlaidHistograms({
      panels: [{ name, series: [{ name, edges: [0, 0.5, 1], counts: [3, 1] }] }],
      label: name,
      title,
    }),
  auditMatrix: (title, name) =>
    auditMatrix({
      checks: [name, 'another'],
      models: [{ name, verdict: 'masked', outcomes: ['fail', 'not measured'] }],
      title,
    }),
  intervalPlot: (title, name) =>
    intervalPlot({
      rows: [{ name, estimate: 1.2, interval: [1.1, 1.3], verdict: 'holds' }],
      threshold: { value: 1, name },
      label: name,
      title,
    }),
  remainingRobustness: (title, name) =>
    remainingRobustness({
      models: [{ name, apparent: 0.95, remaining: 0.05 }],
      budget: name,
      attacks: [name, name],
      title,
    }),
};

const plane = {
  rows: 2,
  columns: 3,
  x: { label: 'first direction', range: [-20, 20] },
  y: { label: 'second direction', range: [-10, 10] },
} as const;

export function inverseRanks(length: number): number[] {
  return Array.from({ length }, (_, index) => 1 / (index + 1));
}
