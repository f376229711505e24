import type { Kernels } from '@hebblab/wasm';
import type { RunConfig } from './config.js';
import type { Extensions } from './extensions.js';
import type { Environment } from './manifest.js';
import type { OnProgress } from './progress.js';

/** What a run is made of, and where it goes. */
export interface RunOptions {
  readonly config: RunConfig;
  readonly kernels: Kernels;
  /** The run's folder: empty or not there, or with `resume` one of the same settings. */
  readonly folder: string;
  readonly resume: boolean;
  readonly environment: Environment;
  /** Where full data sets are looked for first. */
  readonly dataDir?: string;
  readonly extensions?: Extensions;
  /** Folders of other runs whose trained models, and results of these, are taken where they are the same. */
  readonly reuse?: readonly string[];
  /** At least this long between two checkpoints of a training. Default 10. */
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}
