import type { ReportTable } from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import type { AuditResult, SpectrumResult } from '../measurement-results.js';
import type { ModelResult, RunResults } from '../results.js';
import { auditsOf, verdictText } from './audit-parts.js';

/** A table of texts and numbers alone, which a terminal can show too. */
export type SummaryTable = Omit<ReportTable, 'rows'> & {
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/**
 * The table that ends a run: a row a model.
 *
 * @example
 * const { columns, rows } = summaryTable(await readResults(runFolder('runs/quick')));
 */
export function summaryTable({ models }: RunResults): SummaryTable {
  const attacks = [
    ...new Set(Object.values(models).flatMap(({ criticalDistance }) => Object.keys(criticalDistance))),
  ];
  const isAudited = Object.values(models).some(({ measurements }) => measurements?.audit !== undefined);
  const hasLayer = Object.values(models).some(({ layer }) => layer !== undefined);
  return {
    caption: [
      'Models. Alpha: exponent of the power law of the covariance spectrum.',
      ...(attacks.length === 0
        ? []
        : [
            'Critical L2: median length of the smallest perturbation that changes the class (images changed, of those classified correctly).',
          ]),
      ...(isAudited
        ? [
            'Stands: share of the correct images that no attack of the audit changes within the epsilon behind it.',
          ]
        : []),
    ].join(' '),
    columns: [
      'model',
      'test accuracy',
      'alpha images',
      'alpha noise',
      ...attacks.map((attack) => `median critical L2, ${attackTitle(attack)}`),
      ...(isAudited ? ['audit', 'stands after all attacks'] : []),
      ...(hasLayer ? ['converged units', 'pruned units'] : []),
    ],
    rows: Object.entries(models).map(([name, model]) => {
      const { accuracy, spectrum, criticalDistance, measurements, layer } = model;
      return [
        name,
        accuracy.toFixed(4),
        alphaText(spectrum.images),
        alphaText(spectrum.noise),
        ...attacks.map((attack) => distanceText(criticalDistance[attack])),
        ...(isAudited ? [verdictText(auditsOf(model)) || null, standingText(measurements?.audit)] : []),
        ...(hasLayer ? layerCells(layer) : []),
      ];
    }),
  };
}

/** Of every budget but the last, which is the full range. */
function standingText(audit: AuditResult | undefined): string | null {
  return (
    audit?.epsilons
      .slice(0, -1)
      .map(({ epsilon, accuracy }) => unbroken(`${accuracy.toFixed(3)} at ${epsilon}`))
      .join(', ') ?? null
  );
}

function layerCells(layer: ModelResult['layer']): (string | number | null)[] {
  return layer === undefined
    ? [null, null]
    : // Of several seeds a mean.
      [unbroken(`${(100 * layer.convergedShare).toFixed(1)} %`), Number(layer.prunedUnits.toFixed(1))];
}

function alphaText({ alpha, stdErr }: SpectrumResult): string | null {
  return alpha === undefined || stdErr === undefined
    ? null
    : unbroken(`${alpha.toFixed(2)} ± ${stdErr.toFixed(2)}`);
}

function distanceText(distance: ModelResult['criticalDistance'][string] | undefined): string | null {
  if (distance?.median === undefined) return null;
  return `${distance.median.toPrecision(3)} ${unbroken(`(${distance.found} of ${distance.total})`)}`;
}

/** Text that a narrow table does not break: its spaces are no-break spaces. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** Nested settings as paths and values. */
export function flattenSettings(value: object, path = ''): { name: string; value: string | number }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    if (Array.isArray(inner) && inner.every((each) => typeof each !== 'object'))
      return [{ name, value: inner.join(' – ') }];
    if (typeof inner === 'object' && inner !== null) return flattenSettings(inner, name);
    return [{ name, value: typeof inner === 'number' ? inner : String(inner) }];
  });
}
