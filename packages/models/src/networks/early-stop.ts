import type { ArrayData } from '@hebblab/data';
import type { Float32Buffer } from '@hebblab/wasm';
import { checkpointArray, type EpochMetrics, type TrainingStart } from '../training.js';

/** When a training stops before its last epoch. */
export type EarlyStop =
  | { readonly kind: 'never' }
  /** After so many epochs without a better validation accuracy; the parameters of the best epoch are kept. */
  | { readonly kind: 'patience'; readonly epochs: number };

/** Refuses a patience that is none, or that has nothing to watch. */
export function expectEarlyStop(settings: {
  readonly earlyStop: EarlyStop;
  readonly validationShare: number;
}): void {
  const { earlyStop, validationShare } = settings;
  if (earlyStop.kind === 'never') return;
  if (!Number.isSafeInteger(earlyStop.epochs) || earlyStop.epochs < 1)
    throw new Error(`earlyStop: expected epochs as a whole number >= 1, got ${earlyStop.epochs}`);
  if (!(validationShare > 0))
    throw new Error(`earlyStop: expected a validation share above 0, got ${validationShare}`);
}

/** Watches the validation accuracy of a training and keeps its best parameters. */
export function watchValidation(
  earlyStop: EarlyStop,
  arrays: Readonly<Record<string, Float32Buffer>>,
  start: TrainingStart,
) {
  let best: { accuracy: number; parameters: Record<string, Float32Array> } | undefined;
  let epochsSince = 0;
  if (earlyStop.kind === 'patience' && start.kind === 'resume' && start.checkpoint.epoch > 0) {
    const [accuracy, since] = checkpointArray(start.checkpoint, stateName, [2]);
    epochsSince = since as number;
    best = {
      accuracy: accuracy as number,
      parameters: Object.fromEntries(
        Object.entries(arrays).map(([name, { shape }]) => [
          name,
          checkpointArray(start.checkpoint, bestName(name), shape),
        ]),
      ),
    };
  }
  return {
    look(metrics: EpochMetrics): void {
      if (earlyStop.kind === 'never') return;
      const accuracy = metrics.validationAccuracy as number;
      epochsSince += 1;
      if (best !== undefined && Math.fround(accuracy) <= best.accuracy) return;
      epochsSince = 0;
      best = {
        accuracy: Math.fround(accuracy),
        parameters: Object.fromEntries(
          Object.entries(arrays).map(([name, array]) => [name, array.view().slice()]),
        ),
      };
    },
    stops: () => earlyStop.kind === 'patience' && epochsSince >= earlyStop.epochs,
    /** Parameters of the best epoch, where that is what counts. */
    best: () => best?.parameters,
    save(): [string, ArrayData][] {
      if (best === undefined) return [];
      const { accuracy, parameters } = best;
      return [
        [stateName, { dtype: 'float32', shape: [2], data: Float32Array.of(accuracy, epochsSince) }],
        ...Object.entries(parameters).map(([name, data]): [string, ArrayData] => [
          bestName(name),
          { dtype: 'float32', shape: (arrays[name] as Float32Buffer).shape, data },
        ]),
      ];
    },
  };
}

const stateName = 'best validation accuracy, epochs since';

function bestName(name: string): string {
  return `${name}, best`;
}
