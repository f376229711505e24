import { tInterval } from '@hebblab/analysis';
import { csv, lineCurves, overlaidHistograms, type ReportTable, similarityMatrices } from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import type { LinearKurtosisResult, MeasurementResults } from '../measurement-results.js';
import type { RunResults } from '../results.js';
import { auditParts } from './audit-parts.js';
import { errorTables } from './curve-tables.js';
import type { NamedFigure, NamedSection } from './named-figure.js';

type Model = RunResults['models'][string];

/** What a run measured of saturation and of audits (arXiv 1703.09202, docs/audit); nothing where it measured neither. */
export function saturationSections({ models, experiments }: RunResults): NamedSection[] {
  const entries = Object.entries(models);
  const linear = experiments?.['linear-kurtosis'];
  const ofSeeds = (text: string) => (entries.some(([, { perSeed }]) => perSeed !== undefined) ? [text] : []);
  const parts: NamedSection[] = [
    {
      heading: 'Error within a budget',
      text: [
        'Share of the images that are wrong after an attack within epsilon in L-infinity, those wrong without it included.',
        ...ofSeeds('Means over seeds.'),
      ],
      figures: errorFigures(entries),
      tables: errorTables(entries),
    },
    {
      heading: 'Which robustness is real',
      text: [
        'Each model by the audit of this project: whether gradients can be trusted, and what is left of the accuracy under the strongest of its attacks.',
        ...ofSeeds('Marks are the worst of the seeds, accuracies are means over them.'),
      ],
      ...auditParts(entries),
    },
    {
      heading: 'Classes from layer to layer',
      text: [
        'Correlations between the activations of images, side by side by class.',
        ...ofSeeds('Of the first seed.'),
      ],
      figures: entries.flatMap(([name, model]) =>
        similarityFigure(name, firstSeed(model)['layer-similarity']),
      ),
      tables: [],
    },
    {
      heading: 'The map between images, saturation and weights',
      text: ofSeeds('Curves and tails are means over seeds, histograms are of the first seed.'),
      figures: [...pathFigures(entries), ...saturationFigures(entries)],
      tables: kurtosisTables(entries),
    },
    {
      heading: 'Linear classifiers by the tails of their weights',
      text: [],
      figures: linear === undefined ? [] : [linearFigure(linear)],
      tables: [],
    },
  ];
  return parts.filter(({ figures, tables }) => figures.length + tables.length > 0);
}

/** Of one seed: lists of texts and edges have no means. */
function firstSeed(model: Model): MeasurementResults {
  return (model.perSeed?.[0] ?? model).measurements ?? {};
}

function errorFigures(entries: readonly [string, Model][]): NamedFigure[] {
  const attacks = new Set(
    entries.flatMap(([, { measurements }]) => Object.keys(measurements?.['adversarial-error'] ?? {})),
  );
  return [...attacks].map((attack) => {
    const series = entries.flatMap(([name, { measurements }]) => {
      const curve = measurements?.['adversarial-error']?.[attack];
      return curve === undefined ? [] : [{ name, x: curve.epsilon, y: curve.error }];
    });
    const title = `Error by epsilon, ${attackTitle(attack)}`;
    return {
      file: `error-${attack}`,
      svg: lineCurves({
        series,
        x: { label: 'epsilon (L-infinity)' },
        y: { label: 'error', range: [0, 1] },
        title,
      }),
      caption: `${title}.`,
      csv: {
        fileName: `error-${attack}.csv`,
        text: csv({
          columns: ['model', 'epsilon', 'error'],
          rows: series.flatMap(({ name, x, y }) => x.map((epsilon, at) => [name, epsilon, y[at] ?? null])),
        }),
      },
    };
  });
}

function similarityFigure(name: string, similarity: MeasurementResults['layer-similarity']): NamedFigure[] {
  if (similarity === undefined) return [];
  const { layers, drawn } = similarity;
  return [
    {
      file: `similarity-${name}`,
      svg: similarityMatrices({
        panels: layers.map(({ layer, matrix, silhouette }) => ({
          name: layer,
          values: matrix,
          detail: `silhouette ${silhouette.toFixed(2)}`,
        })),
        size: drawn.reduce((sum, count) => sum + count, 0),
        classes: drawn.map((count, index) => ({ name: String(index), count })),
        label: 'correlation',
        range: [-1, 1],
        title: `Similarity by layer of ${name}`,
      }),
      caption: `Correlations between images in each layer of ${name}.`,
    },
  ];
}

function pathFigures(entries: readonly [string, Model][]): NamedFigure[] {
  const series = entries.flatMap(([name, { measurements }]) => {
    const values = measurements?.['jacobian-paths']?.singularValues;
    if (values === undefined) return [];
    const largest = values.map(([first = 0]) => first);
    // A logarithm has no zero: a map that is flat in float32 is left out.
    return largest.some((value) => value <= 0)
      ? []
      : [{ name, x: values.map((_, point) => point / (values.length - 1)), y: largest }];
  });
  if (series.length === 0) return [];
  return [
    {
      file: 'jacobian-paths',
      svg: lineCurves({
        series,
        x: { label: 'share of the way from one image to another' },
        y: { label: 'largest singular value', scale: 'logarithmic' },
        title: 'Jacobian between images of different classes',
      }),
      caption: 'Largest singular value of d logits / d input, means over paths and seeds.',
      csv: {
        fileName: 'jacobian-paths.csv',
        text: csv({
          columns: ['model', 'share', 'largest singular value'],
          rows: series.flatMap(({ name, x, y }) => x.map((share, at) => [name, share, y[at] ?? null])),
        }),
      },
    },
  ];
}

/** One figure for each kind of nonlinearity: distances of one are not those of another. */
function saturationFigures(entries: readonly [string, Model][]): NamedFigure[] {
  const found = entries.flatMap(([name, model]) =>
    (firstSeed(model)['activation-saturation']?.layers ?? []).map((layer) => ({ name, ...layer })),
  );
  const families = new Map<string, typeof found>();
  for (const each of found) {
    // Models of one network share the name before the first hyphen.
    const family = each.name.split('-')[0] ?? each.name;
    families.set(family, [...(families.get(family) ?? []), each]);
  }
  return [...families].map(([family, members]) => ({
    file: `saturation-${family}`,
    svg: overlaidHistograms({
      panels: [...new Set(members.map(({ layer }) => layer))].map((layer) => ({
        name: layer,
        series: members.filter((each) => each.layer === layer),
      })),
      label: 'distance from saturation',
      scale: 'logarithmic',
      title: `Saturation of ${family}`,
    }),
    caption: 'Distances of activations from where the nonlinearity is flat.',
  }));
}

function kurtosisTables(entries: readonly [string, Model][]): ReportTable[] {
  const rows = entries.flatMap(([name, { measurements }]) =>
    (measurements?.['weight-kurtosis']?.layers ?? []).map(({ layer, excessKurtosis, normRatio }) => [
      name,
      layer,
      excessKurtosis.toFixed(2),
      normRatio.toFixed(3),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      caption:
        'Tails of the weights. Norm ratio: ||w||_1 / (sqrt(N) ||w||_2), 0.798 of normal weights, less of heavier tails.',
      columns: ['model', 'layer', 'excess kurtosis', 'norm ratio'],
      rows,
    },
  ];
}

/** Theory as lines, classifiers as points with their 95 % interval. */
function linearFigure({ shapes, linfEpsilon, l2Epsilon }: LinearKurtosisResult): NamedFigure {
  const byShape = [...shapes].sort((one, other) => one.shape - other.shape);
  const x = byShape.map(({ shape }) => shape);
  const series = (['linfError', 'l2Error'] as const).flatMap((key) => {
    const name = key === 'linfError' ? `L∞ ${linfEpsilon}` : `L2 ${l2Epsilon}`;
    const intervals = byShape.map((each) => tInterval(each[key].measured, 0.95));
    return [
      { name: `${name}, theory`, x, y: byShape.map((each) => each[key].theory), drawnAs: 'theory' as const },
      {
        name: `${name}, measured`,
        x,
        y: intervals.map(({ estimate }) => estimate),
        interval: intervals.map(({ low, high }): [number, number] => [low, high]),
        drawnAs: 'points' as const,
      },
    ];
  });
  return {
    file: 'linear-kurtosis',
    svg: lineCurves({
      series,
      x: { label: 'shape b of exp(-|w|^b); less is heavier', scale: 'logarithmic' },
      y: { label: 'error' },
      title: 'Heavier tails protect linear classifiers in L-infinity alone',
    }),
    caption: 'Two normal classes at one margin for all shapes; 2 is the normal distribution, 1 Laplace.',
    csv: {
      fileName: 'linear-kurtosis.csv',
      text: csv({
        columns: [
          'shape',
          'kurtosis',
          'norm ratio',
          'linf theory',
          'linf measured',
          'l2 theory',
          'l2 measured',
        ],
        rows: byShape.map(({ shape, kurtosis, normRatio, linfError, l2Error }) => [
          shape,
          kurtosis.theory,
          normRatio.theory,
          linfError.theory,
          mean(linfError.measured),
          l2Error.theory,
          mean(l2Error.measured),
        ]),
      }),
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
