import { type Claim, claimVerdict, combineVerdicts, tInterval, type Verdict } from '@hebblab/analysis';
import type { LinearKurtosisResult } from '../measurement-results.js';
import type { ClaimResult } from '../results.js';
import type { ClaimInput, SeedResult } from './comparison.js';

/** A figure of one seed, or why there is none. */
type Figure = (seed: SeedResult) => number | undefined;

/** The networks of the preset; each with -fgsm, -pgd and -saturated. */
const networks = ['sigmoid', 'relu', 'cnn'] as const;

/** The budget of the paper's adversarial training, at which its robustness is looked at. */
const epsilon = 0.25;

/** The upper end of "2-7 % error". */
const claimedError = 0.07;

/** What "little loss of clean accuracy" is taken as, which the paper leaves open. */
const littleLoss = 0.02;

/**
 * The claims of arXiv 1703.09202 on the results of a run, and those of its critique (arXiv 1704.01547) that the robustness
 * is one of gradients that underflow. Intervals are Student's, 95 %, over seeds; differences are paired by seed. A
 * statement holds where all of every interval agrees, fails where all of one contradicts, and is undecided else, also with
 * fewer than two seeds and where a model was not measured.
 *
 * @example
 * const claims = paperCClaims({ models: results.models, testImages: 10_000 });
 */
export function paperCClaims(input: ClaimInput): ClaimResult[] {
  return [
    ...networks.flatMap((network) => claimsOfNetwork(input, network)),
    kurtosisAlone(input.experiments?.['linear-kurtosis']),
  ];
}

function claimsOfNetwork({ models }: ClaimInput, network: string): ClaimResult[] {
  const saturated = `${network}-saturated`;
  const seeds = (name: string) => models[name]?.perSeed ?? [];
  const value = (label: string, figure: Figure, claim: Claim) =>
    part(
      label,
      seeds(saturated).map((seed) => figure(seed)),
      claim,
    );
  const against = (other: string, label: string, figure: Figure, claim: Claim) => {
    const others = seeds(other);
    const differences = seeds(saturated).map((seed, index) => {
      const [first, second] = [figure(seed), others[index] && figure(others[index])];
      return first === undefined || second === undefined ? undefined : first - second;
    });
    return part(`${label}, ${saturated} - ${other}`, differences, claim);
  };
  const epsilons = fgsmEpsilons(seeds(saturated)[0]);
  const layers = hiddenLayers(seeds(saturated)[0]);
  const [first = 'the first layer', last = 'the last layer'] = [layers[0], layers.at(-1)];
  const above0 = { kind: 'above', value: 0 } as const;
  const below0 = { kind: 'below', value: 0 } as const;
  return [
    judge(`${network}: saturated, at most 7 % error under FGSM at epsilon ${epsilon} (apparent robustness)`, [
      value(`error at ${epsilon}`, errorAt('fgsm', epsilon), { kind: 'below', value: claimedError }),
    ]),
    judge(
      `${network}: saturated, at most 7 % error under FGSM at every epsilon from 0.05 to 0.3 (apparent robustness)`,
      epsilons.map((each) =>
        value(`error at ${each}`, errorAt('fgsm', each), { kind: 'below', value: claimedError }),
      ),
    ),
    judge(`${network}: saturation costs less than ${100 * littleLoss} points of clean accuracy`, [
      against(network, 'accuracy', ({ accuracy }) => accuracy, { kind: 'above', value: -littleLoss }),
    ]),
    judge(
      `${network}: saturated, less error under FGSM at ${epsilon} than after adversarial training`,
      ['fgsm', 'pgd'].map((training) =>
        against(`${network}-${training}`, 'error', errorAt('fgsm', epsilon), below0),
      ),
    ),
    judge(`${network}: saturated, heavier tails of the weights in every hidden layer`, [
      ...layers.map((layer) => against(network, `kurtosis of ${layer}`, kurtosisOf(layer), above0)),
    ]),
    judge(
      `${network}: saturated, classes separate from layer to layer, and further than in the plain network`,
      [
        value(
          `silhouette, ${last} - ${first}`,
          (seed) => difference(silhouetteOf(last)(seed), silhouetteOf(first)(seed)),
          above0,
        ),
        against(network, `silhouette of ${last}`, silhouetteOf(last), above0),
      ],
    ),
    judge(`${network}: saturated, a flatter map of lower rank on paths between images`, [
      against(
        network,
        'largest singular value',
        ({ measurements }) => measurements?.['jacobian-paths']?.largest,
        below0,
      ),
      against(
        network,
        'effective rank',
        ({ measurements }) => measurements?.['jacobian-paths']?.effectiveRank,
        below0,
      ),
    ]),
    judge(`${network}: saturated, masked gradients by the audit (critique)`, [
      value('share of seeds with the verdict masked', maskedShare, { kind: 'above', value: 0.5 }),
    ]),
    judge(
      `${network}: saturated, the robustness is not real: more than 7 % error at ${epsilon} under the attacks of the audit (critique)`,
      [value(`error at ${epsilon}`, auditedError, { kind: 'above', value: claimedError })],
    ),
    judge(
      `${network}: saturated, no more accurate at ${epsilon} than the network trained with PGD under the attacks of the audit (critique)`,
      [against(`${network}-pgd`, 'error', auditedError, { kind: 'above', value: 0 })],
    ),
  ];
}

/** Classifiers of heavier tails against normal ones: fewer errors in L-infinity, as many in L2, both as theory says. */
function kurtosisAlone(experiment: LinearKurtosisResult | undefined): ClaimResult {
  const claim =
    'Linear classifiers: heavier tails of the weights alone protect against L-infinity perturbations, and not against L2';
  const normal = experiment?.shapes.find(({ shape }) => shape === 2);
  const heavy = experiment?.shapes.filter(({ shape }) => shape < 2) ?? [];
  const paired = (
    label: string,
    one: LinearKurtosisResult['shapes'][number],
    key: 'linfError' | 'l2Error',
    allowed: Claim,
  ) =>
    part(
      `${label}, shape ${one.shape} - normal`,
      one[key].measured.map((error, index) => difference(error, normal?.[key].measured[index])),
      allowed,
    );
  return judge(
    claim,
    heavy.flatMap((one) => [
      paired('L-infinity error', one, 'linfError', { kind: 'below', value: 0 }),
      paired('L2 error', one, 'l2Error', { kind: 'within', low: -0.02, high: 0.02 }),
    ]),
    'classifiers',
  );
}

interface Part {
  readonly text: string;
  readonly verdict: Verdict;
}

function part(label: string, figures: readonly (number | undefined)[], claim: Claim): Part {
  const measured = figures.filter((figure) => figure !== undefined);
  if (figures.length === 0 || measured.length < figures.length)
    return { text: `${label}: not measured`, verdict: 'undecided' };
  if (measured.length < 2)
    return {
      text: `${label} ${digits(measured[0] as number)}: one value has no interval`,
      verdict: 'undecided',
    };
  const interval = tInterval(measured, 0.95);
  const verdict = claimVerdict(interval, claim);
  const { estimate, low, high } = interval;
  return { text: `${label} ${digits(estimate)} [${digits(low)}, ${digits(high)}] ${verdict}`, verdict };
}

function judge(claim: string, parts: readonly Part[], over = 'seeds'): ClaimResult {
  if (parts.length === 0) return { claim, verdict: 'undecided', evidence: 'not measured' };
  return {
    claim,
    verdict: combineVerdicts(parts.map(({ verdict }) => verdict)),
    evidence: `${parts.map(({ text }) => text).join('; ')}; 95 % intervals over ${over}`,
  };
}

function digits(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3) : value.toFixed(1);
}

function errorAt(attack: string, at: number): Figure {
  return ({ measurements }) => {
    const curve = measurements?.['adversarial-error']?.[attack];
    return curve?.error[curve.epsilon.indexOf(at)];
  };
}

function fgsmEpsilons(seed: SeedResult | undefined): readonly number[] {
  return seed?.measurements?.['adversarial-error']?.fgsm?.epsilon ?? [];
}

function hiddenLayers(seed: SeedResult | undefined): string[] {
  const layers = seed?.measurements?.['weight-kurtosis']?.layers ?? [];
  return layers.map(({ layer }) => layer).filter((layer) => layer !== 'readout');
}

function kurtosisOf(name: string): Figure {
  return ({ measurements }) =>
    measurements?.['weight-kurtosis']?.layers.find(({ layer }) => layer === name)?.excessKurtosis;
}

function silhouetteOf(name: string): Figure {
  return ({ measurements }) =>
    measurements?.['layer-similarity']?.layers.find(({ layer }) => layer === name)?.silhouette;
}

function maskedShare({ measurements }: SeedResult): number | undefined {
  const verdict = measurements?.audit?.verdict;
  return verdict === undefined ? undefined : Number(verdict === 'masked');
}

/** Of all audited images, those that were wrong without an attack included. */
function auditedError({ measurements }: SeedResult): number | undefined {
  const audit = measurements?.audit;
  const at = audit?.epsilons.find((each) => each.epsilon === epsilon);
  return audit === undefined || at === undefined
    ? undefined
    : 1 - (at.accuracy * audit.correct) / audit.images;
}

function difference(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined || second === undefined ? undefined : first - second;
}
