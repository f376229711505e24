import { DataError } from '@hebblab/data';
import type { Training, TrainingStart } from '@hebblab/models';
import { appendMetrics, cutMetrics, type MetricsRow } from './metrics.js';
import type { OnProgress } from './progress.js';
import { type RunFolder, readCheckpoint, writeCheckpoint } from './run-folder.js';

/** Where a training of a model leaves its checkpoints and metrics. */
export type StageStore =
  | { readonly kind: 'folder'; readonly folder: RunFolder; readonly checkpointSeconds: number }
  | { readonly kind: 'none' };

/** Whose training a stage is, and who is told. */
export interface StageContext {
  readonly model: string;
  readonly store: StageStore;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/**
 * Runs one training of a model to its end and returns what `finish` takes from it. In a run's folder it goes on from the
 * last checkpoint, and leaves one at its end, on an abort, and every few seconds between.
 */
export async function runStage<Running extends Training, Result>(
  { model, store, onProgress, signal }: StageContext,
  stage: string,
  create: (start: TrainingStart) => Running,
  finish: (training: Running) => Result,
): Promise<Result> {
  const file = store.kind === 'folder' ? store.folder.checkpoint(model, stage) : undefined;
  const checkpoint = file === undefined ? undefined : await readCheckpoint(file);
  if (store.kind === 'folder') {
    await cutMetrics(store.folder, { model, stage, epoch: checkpoint?.epoch ?? 0 });
  }
  using training = create(checkpoint === undefined ? { kind: 'fresh' } : { kind: 'resume', checkpoint });

  const unsaved: MetricsRow[] = [];
  const save = async () => {
    if (store.kind === 'none' || file === undefined || unsaved.length === 0) return;
    await appendMetrics(store.folder, unsaved.splice(0));
    await writeCheckpoint(file, training.checkpoint());
  };
  let savedAt = performance.now();
  while (!training.finished() && !signal.aborted) {
    const metrics = runEpoch(training, `${model}, ${stage}`);
    const epoch = training.epoch();
    unsaved.push({ model, stage, epoch, metrics });
    onProgress({ kind: 'epoch', model, stage, epoch, epochs: training.epochs, metrics });
    if (store.kind === 'folder' && performance.now() - savedAt >= store.checkpointSeconds * 1000) {
      await save();
      savedAt = performance.now();
    }
    await letOthersRun();
  }
  await save();
  signal.throwIfAborted();
  return finish(training);
}

/** Says where a training failed; one whose values stop being finite has diverged. */
function runEpoch(training: Training, where: string) {
  try {
    return training.runEpoch();
  } catch (error) {
    const place = `${where}, epoch ${training.epoch() + 1} of ${training.epochs}`;
    if (error instanceof DataError) throw new DataError(`${place}: ${error.message}`, { cause: error });
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** Signals and timers are heard between epochs only. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
