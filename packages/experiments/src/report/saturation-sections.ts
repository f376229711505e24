import { tInterval } from '@hebblab/analysis';
import {
  auditMatrix,
  csv,
  lineCurves,
  overlaidHistograms,
  type ReportTable,
  remainingRobustness,
  similarityMatrices,
} from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import type { AuditResult, LinearKurtosisResult, MeasurementResults, RunResults } from '../results.js';
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

function allSeeds(model: Model): MeasurementResults[] {
  return (model.perSeed ?? [model]).map(({ measurements = {} }) => measurements);
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
    const title = `Error under ${attackTitle(attack)}`;
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

function auditParts(entries: readonly [string, Model][]): Pick<NamedSection, 'figures' | 'tables'> {
  const audited = entries.flatMap(([name, model]) => {
    const seeds = allSeeds(model).flatMap(({ audit }) => audit ?? []);
    const { audit, 'adversarial-error': errors } = model.measurements ?? {};
    return audit === undefined || seeds.length === 0 ? [] : [{ name, audit, seeds, fgsm: errors?.fgsm }];
  });
  if (audited.length === 0) return { figures: [], tables: [] };
  const checks = [
    ...new Set(audited.flatMap(({ seeds }) => seeds.flatMap((seed) => Object.keys(seed.checks)))),
  ];
  // The last is the full range.
  const budgets = audited[0]?.audit.epsilons.slice(0, -1).map(({ epsilon }) => epsilon) ?? [];
  const largest = budgets.at(-1);
  const matrix: NamedFigure = {
    file: 'audit',
    svg: auditMatrix({
      checks,
      models: audited.map(({ name, seeds }) => ({
        name,
        verdict: worst(
          verdicts,
          seeds.map(({ verdict }) => verdict),
        ),
        outcomes: checks.map((check) =>
          worst(
            outcomes,
            seeds.map((seed) => seed.checks[check]?.status),
          ),
        ),
      })),
      title: 'Audit',
    }),
    caption: 'What each check found.',
  };
  const remaining = audited.flatMap(({ name, audit, fgsm }) => {
    const at = audit.epsilons.find(({ epsilon }) => epsilon === largest);
    const error = largest === undefined ? undefined : fgsm?.error[fgsm.epsilon.indexOf(largest)];
    if (at === undefined || error === undefined) return [];
    return [{ name, apparent: 1 - error, remaining: (at.accuracy * audit.correct) / audit.images }];
  });
  const left: NamedFigure[] =
    remaining.length === 0
      ? []
      : [
          {
            file: 'remaining-robustness',
            svg: remainingRobustness({
              models: remaining,
              budget: `L∞ ${largest}`,
              attacks: ['FGSM', 'strongest attack of the audit'],
              title: 'What the audit leaves',
            }),
            caption: 'Accuracy on the images of FGSM, and on those of the audit, which are fewer.',
          },
        ];
  return { figures: [matrix, ...left], tables: [auditTable(audited, budgets)] };
}

function auditTable(
  audited: readonly { name: string; audit: AuditResult; seeds: readonly AuditResult[] }[],
  budgets: readonly number[],
): ReportTable {
  return {
    caption: 'Audit. Accuracies are shares of the correct images that stand under every attack.',
    columns: ['model', 'verdict', ...budgets.map((epsilon) => `standing at ${epsilon}`), 'why'],
    rows: audited.map(({ name, audit, seeds }) => [
      name,
      verdicts
        .flatMap((verdict) => {
          const count = seeds.filter((seed) => seed.verdict === verdict).length;
          return count === 0
            ? []
            : [seeds.length === 1 ? verdict : `${verdict} (${count} of ${seeds.length})`];
        })
        .join(', '),
      ...budgets.map((epsilon) => {
        const at = audit.epsilons.find((each) => each.epsilon === epsilon);
        return at === undefined ? null : at.accuracy.toFixed(3);
      }),
      reasons(seeds),
    ]),
  };
}

/** Sentences of the first seed that has a complaint. */
function reasons(seeds: readonly AuditResult[]): string {
  for (const { checks } of seeds) {
    const complaints = Object.entries(checks).filter(
      ([, { status }]) => status === 'fail' || status === 'warn',
    );
    if (complaints.length > 0)
      return complaints.map(([check, { sentence = '' }]) => `${check}: ${sentence}`).join(' ');
  }
  return 'every check passed';
}

/** From the worst. */
const verdicts = ['masked', 'inconclusive', 'trustworthy'] as const;
const outcomes = ['fail', 'warn', 'pass', 'not measured'] as const;

function worst<Value extends string>(
  order: readonly [Value, ...Value[]],
  found: readonly (Value | undefined)[],
): Value {
  return order.find((value) => found.includes(value)) ?? (order.at(-1) as Value);
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
