import { DataError, normalisationScales } from '@hebblab/data';
import { loadDataset, readFileWhole } from '@hebblab/data/files';
import {
  type EvaluationRequest,
  evaluateModel,
  type ModelEvaluation,
  measuringBatch,
  openModelFile,
} from '@hebblab/experiments';
import { samplesOf } from '@hebblab/models';
import { randomNormal } from '@hebblab/wasm';
import type { KernelsWanted } from '../kernels.js';
import { normalisationOf } from '../model-settings.js';
import { openKernelsForTask, type TaskContext } from './task-context.js';

/** The evaluation of a model file, as it is told to the thread that carries it out. */
export interface EvaluateTask
  extends KernelsWanted,
    Pick<EvaluationRequest, 'attacks' | 'form' | 'grid' | 'images'> {
  readonly file: string;
  /** The model's own where absent. */
  readonly dataset?: string;
  /** Of the noise, and of a generated data set; the model's own where absent. */
  readonly seed?: number;
  readonly dataDir?: string;
}

/** What `hebblab evaluate --json` prints. */
export interface EvaluatedModel extends ModelEvaluation {
  readonly schema: 1;
  readonly file: string;
  readonly model: string;
  readonly dataset: string;
  readonly seed: number;
  readonly grid: EvaluateTask['grid'];
  readonly variant: string;
}

export async function evaluate(task: EvaluateTask, context: TaskContext): Promise<EvaluatedModel> {
  const { file, attacks, form, grid, images, dataDir } = task;
  const { onProgress, signal } = context;
  const kernels = await openKernelsForTask(task, context);
  const opened = await openModelFile(kernels, await readFileWhole(file), {
    capacity: measuringBatch,
    source: file,
  });
  using open = opened.open;
  const { name, settings } = opened;
  const normalisation = normalisationOf('evaluate', settings.normalisation, file);
  const dataset = task.dataset ?? datasetOf(settings.dataset, file);
  const seed = task.seed ?? seedOf(settings.seed, file);
  onProgress({ kind: 'note', text: `loading ${dataset}` });
  const { test } = await loadDataset(dataset, {
    normals: (stream, first, values) => randomNormal(kernels, { seed, stream, first }, values),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const evaluation = await evaluateModel({
    kernels,
    open,
    test: samplesOf(test, normalisationScales(test, normalisation)),
    attacks,
    form,
    grid,
    images,
    seed,
    onAttack: (attack, what) =>
      onProgress({
        kind: 'measuring',
        model: name,
        what: attack === 'minimal' ? what : `${attack}, ${what}`,
      }),
    signal,
  });
  return { schema: 1, file, model: name, dataset, seed, grid, variant: kernels.variant, ...evaluation };
}

function datasetOf(value: unknown, file: string): string {
  if (typeof value === 'string') return value;
  throw new DataError(`evaluate: expected --dataset, as ${file} names none, got none`);
}

function seedOf(value: unknown, file: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new DataError(`evaluate: expected --seed, as ${file} names none, got none`);
}
