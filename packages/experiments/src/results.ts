import { existsSync } from 'node:fs';
import { DataError } from '@hebblab/data';
import * as v from 'valibot';
import type { Comparison } from './claims/comparison.js';
import type {
  BisectedDistanceResult,
  CriticalDistanceResult,
  ExperimentResults,
  InputSpectrumResult,
  MeasurementResults,
  SpectrumResult,
} from './measurement-results.js';
import { readJson } from './read-json.js';
import { runResultsSchema } from './results-schema.js';
import type { RunFolder } from './run-folder.js';

/** How a locally trained layer ended (arXiv 2405.00679). */
export interface LayerResult {
  readonly convergedShare: number;
  readonly medianNorm: number;
  readonly negativeAttractorUnits: number;
  readonly prunedUnits: number;
  /** Absent where nothing was pruned by a threshold. */
  readonly pruningThreshold?: number;
  /** Unbiased variance of each unit's weights before pruning. */
  readonly variances: readonly number[];
}

/**
 * What was measured of one model; `criticalDistance` and `relativeAccuracy` by the kind of the attack, the latter only
 * where the model gets an image right.
 */
export interface ModelResult {
  readonly accuracy: number;
  readonly criticalDistance: Readonly<Record<string, CriticalDistanceResult>>;
  readonly relativeAccuracy: Readonly<
    Record<string, { readonly epsilon: readonly number[]; readonly accuracy: readonly number[] }>
  >;
  readonly spectrum: { readonly images: SpectrumResult; readonly noise: SpectrumResult };
  readonly layer?: LayerResult;
  readonly bisectedDistance?: Readonly<Record<string, BisectedDistanceResult>>;
  readonly measurements?: MeasurementResults;
  /** Of the model file that was measured; absent in results of earlier versions. */
  readonly sha256?: string;
  /** Of the model from which the audit transferred attacks. */
  readonly twinSha256?: string;
}

/** What stands beside the means of a model where a run has several seeds. */
export interface SeveralSeeds {
  /** For each number of the result the 95 % interval of its mean, [lower, upper], at the same place. */
  readonly interval: Readonly<Record<string, unknown>>;
  /** The results of each seed, in order. */
  readonly perSeed: readonly ModelResult[];
}

/** A claim with what was found. */
export interface ClaimResult {
  readonly claim: string;
  readonly verdict: 'holds' | 'fails' | 'undecided';
  readonly evidence: string;
  /** The comparisons that the verdict rests on. */
  readonly comparisons?: readonly Comparison[];
}

/** The content of results.json. */
export interface RunResults {
  readonly schema: 1;
  readonly models: Readonly<Record<string, ModelResult & Partial<SeveralSeeds>>>;
  readonly experiments?: ExperimentResults;
  readonly claims: readonly ClaimResult[];
  /** Of the normalised inputs themselves, where sub-populations are measured. */
  readonly inputSpectra?: { readonly images: InputSpectrumResult; readonly noise: InputSpectrumResult };
}

/**
 * The results of a finished run.
 *
 * @throws DataError where it is not finished or the file is damaged
 * @example
 * const { models } = await readResults(runFolder('runs/quick'));
 */
export async function readResults(folder: RunFolder): Promise<RunResults> {
  if (!existsSync(folder.results)) {
    throw new DataError(`readResults: expected a finished run, got no results.json in ${folder.root}`);
  }
  const value = await readJson('readResults', folder.results);
  // The value itself and not what the schema gives: that has its keys in another order.
  if (v.is(runResultsSchema, value)) return value;
  const [fault] = v.safeParse(runResultsSchema, value).issues ?? [];
  const got =
    fault === undefined ? 'other ones' : `${v.getDotPath(fault) ?? 'the whole'} with ${fault.received}`;
  throw new DataError(`readResults: expected the results of a run, got ${got} in ${folder.results}`);
}
