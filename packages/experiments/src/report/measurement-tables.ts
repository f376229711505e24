import type { ReportTable } from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import type { ModelResult, RunResults } from '../results.js';
import type { NamedModels } from './named-figure.js';

/** Norms and singular values of the Jacobian of the logits. */
export function jacobianTables(models: NamedModels): ReportTable[] {
  const rows = models.flatMap(([name, { measurements }]) => {
    if (measurements?.jacobian === undefined) return [];
    const { images, norm, singularValues, effectiveRank } = measurements.jacobian;
    return [[name, norm.median, norm.q25, norm.q75, singularValues[0] ?? null, effectiveRank, images]];
  });
  return someRows({
    caption:
      'Jacobian of the logits by the inputs, image by image: Frobenius norm, singular values and their effective rank.',
    columns: [
      'model',
      'median norm',
      'lower quartile',
      'upper quartile',
      'median largest singular value',
      'median effective rank',
      'images',
    ],
    rows,
  });
}

/** Critical distances by bisection, how often the grid disagrees, and what they cost. */
export function bisectionTables(models: NamedModels): ReportTable[] {
  const rows = models.flatMap(([name, { bisectedDistance = {}, criticalDistance }]) =>
    Object.entries(bisectedDistance).map(([attack, { median, found, total, gridComparison }]) => [
      name,
      attackTitle(attack),
      median ?? null,
      countText(found, total),
      criticalDistance[attack]?.median ?? null,
      percent(gridComparison.disagreeing),
      Math.round(gridComparison.images),
      percent(gridComparison.callsShare),
    ]),
  );
  return someRows({
    caption:
      'Critical distances by bisection. Flips are not monotone in epsilon: disagreeing is the share of the compared images on which grid and bisection differ by more than the spacing of the grid. Calls: those of the bisection over those of the grid, on these images.',
    columns: [
      'model',
      'attack',
      'median by bisection',
      'found',
      'median by grid',
      'disagreeing',
      'compared images',
      'calls',
    ],
    rows,
  });
}

/** Distances along signs and noise beside those of the shortest perturbation found. */
export function minimalTables(models: NamedModels): ReportTable[] {
  const attacks = [
    ...new Set(models.flatMap(([, { criticalDistance }]) => Object.keys(criticalDistance))),
  ].filter((attack) => attack !== 'minimal');
  const rows = models.flatMap(([name, { criticalDistance }]) => {
    const least = criticalDistance.minimal?.median;
    if (least === undefined) return [];
    const medians = attacks.flatMap((attack) => {
      const median = criticalDistance[attack]?.median;
      return [median ?? null, median === undefined ? null : median / least];
    });
    return [[name, least, ...medians]];
  });
  return someRows({
    caption:
      'Median critical distances beside the shortest perturbation in any direction (L2): how far a direction overstates robustness.',
    columns: [
      'model',
      'minimal norm',
      ...attacks.flatMap((attack) => [attackTitle(attack), `${attackTitle(attack)} / minimal`]),
    ],
    rows,
  });
}

/** Dimensions of representations and of the inputs, and exponents by cross-validation. */
export function dimensionTables({ models, inputSpectra }: RunResults): ReportTable[] {
  const inputs =
    inputSpectra === undefined
      ? []
      : [dimensionRow('inputs', inputSpectra.images, inputSpectra.noise, undefined)];
  const rows = Object.entries(models).flatMap(([name, { measurements }]) => {
    const populations = measurements?.['sub-populations'];
    const crossValidated = measurements?.['cross-validated-spectrum'];
    if (populations === undefined && crossValidated === undefined) return [];
    return [dimensionRow(name, populations?.images, populations?.noise, crossValidated)];
  });
  return someRows({
    caption:
      'Dimensions of the spectra. Participation ratio: (sum of eigenvalues)² / sum of their squares. Effective rank: exponential of the entropy of their shares. Cross-validated alpha: of two repeats of the images with independent noise (Stringer et al. 2019).',
    columns: [
      'model',
      'participation ratio, images',
      'effective rank, images',
      'participation ratio, noise',
      'effective rank, noise',
      'cross-validated alpha',
    ],
    rows: [...inputs, ...rows],
  });
}

interface Dimensions {
  readonly participationRatio: number;
  readonly effectiveRank: number;
}

function dimensionRow(
  name: string,
  images: Dimensions | undefined,
  noise: Dimensions | undefined,
  crossValidated: ModelResult['spectrum']['images'] | undefined,
): (string | number | null)[] {
  return [
    name,
    images?.participationRatio ?? null,
    images?.effectiveRank ?? null,
    noise?.participationRatio ?? null,
    noise?.effectiveRank ?? null,
    crossValidated?.alpha ?? null,
  ];
}

function someRows(table: ReportTable): ReportTable[] {
  return table.rows.length === 0 ? [] : [table];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** Counts are means where there are several seeds. */
function countText(found: number, total: number): string {
  return `${Math.round(found)} of ${Math.round(total)}`.replaceAll(' ', '\u00a0');
}
