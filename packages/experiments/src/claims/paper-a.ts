import { attackTitle } from '../attack-title.js';
import type { ClaimResult } from '../results.js';
import {
  type AllowedRange,
  type ClaimInput,
  type Comparison,
  compareAccuracies,
  compareMedians,
  describeComparison,
  differences,
  ratios,
  verdictOfAll,
} from './comparison.js';

/** A claim with the comparisons that its verdict rests on. */
export interface JudgedClaim extends ClaimResult {
  readonly comparisons: readonly Comparison[];
}

/**
 * The claims of arXiv 2405.00679 judged on the results of a run: the order of robustness for each perturbation (with the
 * Jacobian and spectral penalties as published, then with the proper ones), the order of accuracies, and that PGD's
 * median stays within 5 % of FGSM's. A statement holds where the 95 % interval of every comparison in it lies in what it
 * allows, fails where one lies outside, and is undecided else, also where a model was not trained. The intervals are of
 * each comparison by itself.
 *
 * @example
 * const claims = paperAClaims({ models: results.models, testImages: 10_000 });
 */
export function paperAClaims(input: ClaimInput): JudgedClaim[] {
  return [
    ...perturbations.map((attack) => robustnessOrder(input, attack, 'published')),
    accuracyOrder(input),
    pgdBesideFgsm(input),
    ...perturbations.map((attack) => robustnessOrder(input, attack, 'proper')),
  ];
}

const perturbations = ['random', 'fgsm', 'pgd'];

/** Those whose critical distances the paper shows. */
const publishedModels = ['kh', 'shlp', 'l2', 'jacreg-published', 'specreg-published'];

interface Step {
  readonly above: string;
  readonly below: string;
  readonly sign: string;
  readonly allowed: AllowedRange;
}

function robustnessOrder(input: ClaimInput, attack: string, penalties: 'published' | 'proper'): JudgedClaim {
  const [jacreg, specreg] =
    penalties === 'published' ? ['jacreg-published', 'specreg-published'] : ['jacreg', 'specreg'];
  const steps: Step[] = [
    { above: 'kh', below: 'l2', sign: '>', allowed: ratios.more },
    { above: 'l2', below: jacreg, sign: '>', allowed: ratios.more },
    { above: jacreg, below: 'shlp', sign: '>', allowed: ratios.more },
    { above: 'shlp', below: specreg, sign: '>=', allowed: ratios.atLeast },
  ];
  const comparisons = steps.map(({ above, below, allowed }) =>
    compareMedians(`${above} / ${below}`, input, { model: above, attack }, { model: below, attack }, allowed),
  );
  const how = penalties === 'published' ? '' : ', with the proper penalties (not a claim of the paper)';
  return judge(`Robustness to ${attackTitle(attack)}: ${chain(steps)}${how}`, comparisons);
}

function accuracyOrder(input: ClaimInput): JudgedClaim {
  const steps: Step[] = [
    { above: 'shlp', below: 'jacreg-published', sign: '~', allowed: differences.about },
    { above: 'jacreg-published', below: 'l2', sign: '>', allowed: differences.more },
    { above: 'l2', below: 'kh', sign: '>', allowed: differences.more },
    { above: 'kh', below: 'specreg-published', sign: '>', allowed: differences.more },
  ];
  const comparisons = steps.map(({ above, below, allowed }) =>
    compareAccuracies(`${above} - ${below}`, input, above, below, allowed),
  );
  return judge(`Accuracy: ${chain(steps)}`, comparisons);
}

function pgdBesideFgsm(input: ClaimInput): JudgedClaim {
  const comparisons = publishedModels.map((model) =>
    compareMedians(
      `${model}: PGD / FGSM`,
      input,
      { model, attack: 'pgd' },
      { model, attack: 'fgsm' },
      ratios.about,
    ),
  );
  return judge(
    'Median critical distance of PGD within 5 % of that of FGSM, for every model of the paper',
    comparisons,
  );
}

/** "kh > l2 > shlp". */
function chain(steps: readonly Step[]): string {
  return [steps[0]?.above, ...steps.map(({ sign, below }) => `${sign} ${below}`)].join(' ');
}

function judge(claim: string, comparisons: readonly Comparison[]): JudgedClaim {
  const bases = new Set(comparisons.flatMap((part) => (part.kind === 'measured' ? [part.over] : [])));
  const basis = bases.size === 0 ? [] : [`95 % intervals over ${[...bases].join(' and ')}`];
  const evidence = [...comparisons.map(describeComparison), ...basis].join('; ');
  return {
    claim,
    verdict: verdictOfAll(comparisons),
    evidence: evidence === '' ? 'not measured' : evidence,
    comparisons,
  };
}
