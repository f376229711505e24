import type { ReportTable } from '@hebblab/report';
import { attackTitle, lossTitle } from '../attack-title.js';
import { intervalsAt, type NamedModels } from './named-figure.js';

/** Accuracy at each epsilon of fixed budgets: a table for each loss that was attacked. */
export function budgetTables(models: NamedModels): ReportTable[] {
  const losses = new Set(
    models.flatMap(([, { measurements }]) => Object.keys(measurements?.['fixed-budget']?.curves ?? {})),
  );
  return [...losses].flatMap((loss) =>
    curveTable(
      `Accuracy at each epsilon (L-infinity) under attacks on the ${lossTitle(loss)}.`,
      models,
      ['fixed-budget', 'curves', loss],
      'accuracy',
      ({ measurements }) => measurements?.['fixed-budget']?.curves[loss],
    ),
  );
}

/** Error at each epsilon, of the images that are wrong from the start as well. */
export function errorTables(models: NamedModels): ReportTable[] {
  return curveTable(
    'Error at each epsilon (L-infinity).',
    models,
    ['adversarial-error'],
    'error',
    ({ measurements }) => measurements?.['adversarial-error'],
  );
}

type Model = NamedModels[number][1];
type Curve = { readonly epsilon: readonly number[]; readonly images?: number } & Partial<
  Readonly<Record<'accuracy' | 'error', readonly number[]>>
>;

function curveTable(
  caption: string,
  models: NamedModels,
  path: readonly string[],
  quantity: 'accuracy' | 'error',
  curvesOf: (model: Model) => Readonly<Record<string, Curve>> | undefined,
): ReportTable[] {
  const curves = models.flatMap(([name, model]) =>
    Object.entries(curvesOf(model) ?? {}).map(([attack, curve]) => ({ name, model, attack, curve })),
  );
  const [first] = curves;
  if (first === undefined) return [];
  const isOverSeeds = curves.some(({ model }) => model.interval !== undefined);
  return [
    {
      caption: isOverSeeds
        ? `${caption} Behind ±: half of the 95 % interval of the mean over seeds.`
        : caption,
      columns: [
        'model',
        'attack',
        ...first.curve.epsilon.map((epsilon) => String(Number(epsilon.toPrecision(2)))),
      ],
      rows: curves.map(({ name, model, attack, curve }) => {
        const intervals = intervalsAt(model, ['measurements', ...path, attack, quantity]);
        return [
          name,
          curve.images === undefined ? attackTitle(attack) : `${attackTitle(attack)}, ${curve.images} images`,
          ...(curve[quantity] ?? []).map((value, index) => withInterval(value, intervals?.[index])),
        ];
      }),
    },
  ];
}

function withInterval(value: number, interval: readonly [number, number] | undefined): string {
  const shown = value.toFixed(3);
  return interval === undefined
    ? shown
    : `${shown}\u00a0±\u00a0${((interval[1] - interval[0]) / 2).toFixed(3)}`;
}
