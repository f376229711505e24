import type { Claim, Comparison as ReportComparison } from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import { publishedAndIndependent } from '../claims/claims.js';
import type { Comparison } from '../claims/comparison.js';
import { compareWithReference } from '../claims/reference-comparison.js';
import type { Reference } from '../claims/references-paper-a.js';
import type { Manifest } from '../manifest.js';
import type { RunResults } from '../results.js';
import { intervalAt } from './named-figure.js';

/** A finished run with what it is called beside others. */
export interface NamedRun {
  readonly name: string;
  readonly manifest: Manifest;
  readonly results: RunResults;
}

/** How verdicts come about, for a page of claims. */
export const claimsText: readonly string[] = [
  'A claim holds where the 95 % interval of each comparison lies in what it allows, fails where one lies outside, and is undecided else, also where a model was not trained. Intervals are over seeds where there are two or more, else over images.',
];

/** The claims that runs judged, each with a finding a run. */
export function claimsOfRuns(runs: readonly NamedRun[]): Claim[] {
  const claims = [...new Set(runs.flatMap(({ results }) => results.claims.map(({ claim }) => claim)))];
  return claims.map((claim) => ({
    claim,
    findings: runs.flatMap(({ name, results }) => {
      const own = results.claims.find((each) => each.claim === claim);
      if (own === undefined) return [];
      const { verdict, evidence, comparisons = [] } = own;
      return [{ run: name, verdict, evidence, measures: comparisons.flatMap(toMeasure) }];
    }),
  }));
}

/** The models of runs beside what others published of them: a table a quantity, a column a run. */
export function comparisonsOfRuns(runs: readonly NamedRun[]): ReportComparison[] {
  const references = referencesOfRuns(runs);
  if (references.length === 0) return [];
  const models = [...new Set(runs.flatMap(({ results }) => Object.keys(results.models)))];
  const attacks = [
    ...new Set(
      references.flatMap((reference) =>
        Object.values(reference.models).flatMap(({ criticalDistance = {} }) => Object.keys(criticalDistance)),
      ),
    ),
  ];
  const quantities: Quantity[] = [
    {
      caption: 'Test accuracy',
      difference: 'absolute',
      path: ['accuracy'],
      measured: ({ accuracy }) => accuracy,
      published: ({ accuracy }) => accuracy,
    },
    ...attacks.map(
      (attack): Quantity => ({
        caption: `Median critical distance, ${attackTitle(attack)} (L2 norm)`,
        difference: 'relative',
        path: ['criticalDistance', attack, 'median'],
        measured: ({ criticalDistance }) => criticalDistance[attack]?.median,
        published: ({ criticalDistance }) => criticalDistance?.[attack],
      }),
    ),
    {
      caption: 'Exponent α of the spectrum on images',
      difference: 'absolute',
      path: ['spectrum', 'images', 'alpha'],
      measured: ({ spectrum }) => spectrum.images.alpha,
      published: ({ alphaImages }) => alphaImages,
    },
    {
      caption: 'Exponent α of the spectrum on noise',
      difference: 'absolute',
      path: ['spectrum', 'noise', 'alpha'],
      measured: ({ spectrum }) => spectrum.noise.alpha,
      published: ({ alphaNoise }) => alphaNoise,
    },
  ];
  return quantities.map(({ caption, difference, path, measured, published }) => ({
    caption,
    runs: runs.map(({ name }) => name),
    references: references.map(({ name }) => name),
    difference,
    rows: models.map((model) => ({
      model,
      measured: runs.map(({ results }) => {
        const own = results.models[model];
        const value = own === undefined ? undefined : measured(own);
        if (own === undefined || value === undefined) return null;
        const interval = intervalAt(own, path);
        return interval === undefined ? { value } : { value, interval };
      }),
      references: references.map((reference) => {
        const theirs = reference.models[model];
        return (theirs === undefined ? undefined : published(theirs)) ?? null;
      }),
    })),
  }));
}

/** Where the references come from, and which models were trained for other epochs than theirs. */
export function comparisonText(runs: readonly NamedRun[]): string[] {
  return referencesOfRuns(runs).flatMap((reference) => {
    const others = runs.flatMap(({ name, manifest, results }) => {
      const rows = compareWithReference(
        { models: results.models, settings: manifest.settings.models },
        reference,
      );
      const models = new Set(rows.filter(({ sameBudget }) => !sameBudget).map(({ model }) => model));
      return [...models].map((model) => (runs.length === 1 ? model : `${model} (${name})`));
    });
    const source = `${reference.name[0]?.toUpperCase()}${reference.name.slice(1)}: ${reference.source}.`;
    return [
      others.length === 0 ? source : `${source} Trained for other epochs than there: ${others.join(', ')}.`,
    ];
  });
}

interface Quantity extends Pick<ReportComparison, 'caption' | 'difference'> {
  /** Where the number is in a result. */
  readonly path: readonly string[];
  readonly measured: (model: RunResults['models'][string]) => number | undefined;
  readonly published: (model: Reference['models'][string]) => number | undefined;
}

function referencesOfRuns(runs: readonly NamedRun[]): Reference[] {
  return [...new Set(runs.flatMap(({ manifest }) => publishedAndIndependent(manifest.settings)))];
}

function toMeasure(comparison: Comparison) {
  if (comparison.kind === 'not measured') return [];
  const { name, estimate, interval, required } = comparison;
  return [{ quantity: name, estimate, interval, ...(required === undefined ? {} : { required }) }];
}
