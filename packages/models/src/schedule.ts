/**
 * A learning rate by epoch, epochs counted from 1.
 * - `constant`: `value` throughout.
 * - `linear`: value (1 - epoch / epochs), the Krotov-Hopfield schedule (arXiv 2405.00679): epochs 1 .. epochs - 1.
 * - `steps`: the value of the first step whose `until` is not before the epoch, afterwards `after`.
 * - `exponential`: `value` up to the epoch `until`, then value exp(-(epoch - until) / decayEpochs) (arXiv 2405.00679, SpecReg).
 */
export type Schedule =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'linear'; readonly value: number }
  | {
      readonly kind: 'steps';
      readonly steps: readonly { readonly until: number; readonly value: number }[];
      readonly after: number;
    }
  | {
      readonly kind: 'exponential';
      readonly value: number;
      readonly until: number;
      readonly decayEpochs: number;
    };

/**
 * The learning rate of an epoch.
 *
 * @param epoch from 1
 * @param epochs length of the training that `linear` decays over
 * @example
 * learningRateAt({ kind: 'linear', value: 0.02 }, 1, 10); // 0.018
 */
export function learningRateAt(schedule: Schedule, epoch: number, epochs: number): number {
  switch (schedule.kind) {
    case 'constant':
      return schedule.value;
    case 'linear':
      return (1 - epoch / epochs) * schedule.value;
    case 'steps':
      return schedule.steps.find(({ until }) => epoch <= until)?.value ?? schedule.after;
    case 'exponential':
      return schedule.value * Math.exp(-Math.max(0, epoch - schedule.until) / schedule.decayEpochs);
  }
}

/**
 * How many epochs a training of the given length runs: with `linear` one less, as the learning rate of the last
 * would be 0 (arXiv 2405.00679 runs 1 .. epochs - 1).
 *
 * @example
 * epochsToRun({ kind: 'linear', value: 0.02 }, 1000); // 999
 */
export function epochsToRun(schedule: Schedule, epochs: number): number {
  return schedule.kind === 'linear' ? epochs - 1 : epochs;
}
