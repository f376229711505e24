import type { Samples } from '@hebblab/models';
import type { NetworkModel } from '@hebblab/models/networks';
import type { Kernels } from '@hebblab/wasm';
import type { RunConfig } from '../config.js';
import type { OnProgress } from '../progress.js';

/** Samples that a model works on at a time while it is measured. */
export const measuringBatch = 500;

/** What a model is measured with. */
export interface MeasureContext {
  readonly kernels: Kernels;
  readonly test: Samples;
  readonly seed: number;
  /** Name of the model in files and progress. */
  readonly model: string;
  /** Its name in the configuration, without a seed. */
  readonly configured: string;
  readonly spectra: RunConfig['spectra'];
  readonly attacks: RunConfig['attacks'];
  readonly measurements: RunConfig['measurements'];
  /** Another model of the run, trained with the same seed; undefined where it is no network. */
  readonly trained: (model: string) => Promise<NetworkModel | undefined>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}
