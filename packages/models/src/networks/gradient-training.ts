import type { ArrayData, NamedArrays } from '@hebblab/data';
import { kernelArrayOf } from '@hebblab/tfjs-backend';
import { allocateFloat32, type Float32Buffer, type Kernels, rowsOf } from '@hebblab/wasm';
import {
  add,
  engine,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { createAdam } from '../adam.js';
import { countCorrect } from '../count-correct.js';
import { buildOwning } from '../owned-parts.js';
import type { Samples } from '../samples.js';
import type { Schedule } from '../schedule.js';
import { createTraining, type Training, type TrainingStart } from '../training.js';
import { type AdversarialTraining, adversarialInputs, rampedTraining } from './adversarial-inputs.js';
import { type NetworkArchitecture, parameterShapes } from './architecture.js';
import { type EarlyStop, watchValidation } from './early-stop.js';
import { expectGradientTraining } from './expect-gradient-training.js';
import { drawInitialParameters, type Initialisation } from './initialisation.js';
import { groupsOf, type Level, levelTrains, wholeNetwork } from './levels.js';
import {
  type BatchStatistics,
  meanCrossEntropy,
  type NetworkPass,
  type PassOptions,
  runNetwork,
} from './network-pass.js';
import type { NetworkPenalty, NetworkPenaltyContext } from './network-penalty.js';
import { tensorsOver } from './parameter-tensors.js';
import { openRowBatches, type RowBatch } from './row-batches.js';
import { createRunningAverages } from './running-averages.js';
import { inOrder, shuffled, splitOff } from './validation-split.js';

/** How a network on tfjs-core is trained. */
export interface GradientTrainingSettings {
  readonly architecture: NetworkArchitecture;
  readonly initialisation: Initialisation;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  readonly seed: number;
  /** Share of the training images, in [0, 1), that is held out: drawn by the seed, never trained on. */
  readonly validationShare: number;
  readonly earlyStop: EarlyStop;
  readonly adversarialTraining: AdversarialTraining;
  /** Coarse to fine; `[]` for a network that is trained as a whole on its classes. */
  readonly levels: readonly Level[];
}

/** The training of a network on tfjs-core. */
export interface GradientTraining extends Training {
  /** Copies of all parameters by name, running averages included; those of the best epoch where it stopped early. */
  parameters(): Readonly<Record<string, Float32Array>>;
}

/**
 * Trains a network by Adam on the mean cross-entropy and any penalties, gradients by tfjs-core. Its backend must be
 * that of @hebblab/tfjs-backend on these kernels. With `levels`, each batch makes one step per level, on the
 * parameters of the level's own block and the readout alone (arXiv 2211.01236).
 *
 * Metrics of an epoch: the mean `loss` in nats and the `accuracy` on the batches as they came (of the last level), the
 * mean of each penalty by its name, `loss, level n` where there are levels, and `validationAccuracy` where images are held out.
 *
 * @throws where a size is out of range, the samples do not fit the architecture, or another backend is set
 * @example
 * await configureBackend({ kernels }); await tf.setBackend('hebblab');
 * using training = createGradientTraining(kernels, samples, settings, [], { kind: 'fresh' });
 * runTraining(training);
 */
export function createGradientTraining(
  kernels: Kernels,
  samples: Samples,
  settings: GradientTrainingSettings,
  penalties: readonly NetworkPenalty[],
  start: TrainingStart,
): GradientTraining {
  const { architecture, batchSize, seed, validationShare } = settings;
  expectGradientTraining(kernels, samples, settings, penalties);
  const levels = settings.levels.length === 0 ? [wholeNetwork(architecture)] : settings.levels;
  const shapes = parameterShapes(architecture);
  const trained = shapes.filter(({ role }) => role !== 'average');
  const { training: trainingImages, validation } = splitOff(kernels, samples.count, validationShare, seed);

  return buildOwning((own, dispose) => {
    const adam = own(
      createAdam(kernels, Object.fromEntries(trained.map(({ name, shape }) => [name, shape]))),
    );
    const averages = own(createRunningAverages(kernels, shapes));
    const arrays: Readonly<Record<string, Float32Buffer>> = { ...adam.parameters, ...averages.arrays };
    const parameters = own(tensorsOver(arrays));
    const batches = own(openRowBatches(kernels, samples, batchSize));
    const starts = own(allocateFloat32(kernels, [batchSize, samples.inputs]));
    if (start.kind === 'resume') {
      adam.restore(start.checkpoint);
      averages.restore(start.checkpoint);
    } else {
      drawInitialParameters(kernels, seed, settings.initialisation, trained, adam.parameters);
    }

    const context: NetworkPenaltyContext = {
      architecture,
      kernels,
      samples,
      batchSize,
      seed,
      forEachBatch(size, visit) {
        using large = openRowBatches(kernels, samples, size);
        const plan = inOrder(samples.images, trainingImages, size);
        for (let index = 0; index < plan.batchCount; index++) {
          large.withBatch(plan, index, (batch) =>
            tidy(() => visit(runNetwork(optionsOf(labelsOf(batch, undefined)), batch.rows))),
          );
        }
      },
    };
    const running = penalties.map((penalty) => {
      const started = own(penalty.start(context));
      if (start.kind === 'resume') started.restore?.(start.checkpoint);
      return { name: penalty.name, ...bound(started) };
    });
    const watch = watchValidation(settings.earlyStop, arrays, start);

    function optionsOf(labels: Tensor1D): PassOptions {
      return { architecture, parameters: parameters.tensors, labels, statistics: 'batch' };
    }

    /** The pass that a step learns from: running averages follow what it sees, and nothing else. */
    function learningPass(rows: Tensor2D, labels: Tensor1D, depth: number): NetworkPass {
      const onStatistics = (statistics: BatchStatistics) => averages.gather(statistics, rows.shape[0]);
      return runNetwork({ ...optionsOf(labels), onStatistics }, rows, depth);
    }

    /** One step of one level; what was measured, as sums over the batch. */
    function step(batch: RowBatch, rows: Tensor2D, level: Level, stepNumber: number, learningRate: number) {
      const names = trained
        .filter(({ layer }) => levels.length === 1 || levelTrains(architecture, levels, level, layer))
        .map(({ name }) => name);
      const measured = { loss: 0, correct: 0, penalties: new Map<string, number>() };
      tidy(() => {
        const labels = labelsOf(batch, level);
        const { grads } = engine().gradients(
          () => {
            const pass = learningPass(rows, labels, level.depth);
            const crossEntropy = meanCrossEntropy(pass.logits, labels);
            measured.loss = numberOf(crossEntropy, 'loss');
            measured.correct = countCorrect(
              pass.logits.dataSync() as Float32Array,
              labels.dataSync() as Int32Array,
              pass.logits.shape[1],
            );
            let total: Scalar = crossEntropy;
            for (const { name, value } of running) {
              const penalty = value(pass, stepNumber);
              measured.penalties.set(name, numberOf(penalty, name));
              total = add(total, penalty);
            }
            return total;
          },
          names.map((name) => parameters.tensors[name] as Tensor),
          undefined,
          true,
        );
        const gradients: Record<string, Float32Buffer> = {};
        grads.forEach((gradient, index) => {
          if (gradient != null) gradients[names[index] as string] = kernelArrayOf(gradient, 'float32');
        });
        adam.step(learningRate, gradients);
      });
      averages.apply();
      return measured;
    }

    /** The rows of a batch, moved against the network where it is trained so. */
    function trainingRows(batch: RowBatch, epoch: number, index: number): Tensor2D {
      const labels = labelsOf(batch, undefined);
      const loss = (moved: Tensor2D) => meanCrossEntropy(runNetwork(optionsOf(labels), moved).logits, labels);
      return adversarialInputs(rampedTraining(settings.adversarialTraining, epoch), loss, batch.rows, {
        buffer: rowsOf(starts, 0, batch.count),
        stream: { seed, stream: `adversarial start, epoch ${epoch}, batch ${index}` },
      });
    }

    const training = createTraining({
      start,
      settings,
      stopsEarly: watch.stops,
      runEpoch(epoch, learningRate) {
        for (const { beforeEpoch } of running) beforeEpoch?.(epoch);
        const plan = shuffled(kernels, samples.images, trainingImages, { seed, epoch, batchSize });
        const means = new Map<string, number>();
        const count = trainingImages.length;
        const addTo = (name: string, sum: number) => means.set(name, (means.get(name) ?? 0) + sum / count);
        for (let index = 0; index < plan.batchCount; index++) {
          batches.withBatch(plan, index, (batch) =>
            tidy(() => {
              const rows = trainingRows(batch, epoch, index);
              levels.forEach((level, number) => {
                const stepNumber = ((epoch - 1) * plan.batchCount + index) * levels.length + number;
                const measured = step(batch, rows, level, stepNumber, learningRate);
                const last = number === levels.length - 1;
                const suffix = last ? '' : `, level ${number + 1}`;
                addTo(`loss${suffix}`, measured.loss * batch.count);
                if (last) addTo('accuracy', measured.correct);
                for (const [name, value] of measured.penalties)
                  addTo(`${name}${suffix}`, value * batch.count);
              });
            }),
          );
        }
        if (validation.length > 0) means.set('validationAccuracy', validationAccuracy());
        const metrics = Object.fromEntries(means);
        for (const { afterEpoch } of running) afterEpoch?.(metrics);
        watch.look(metrics);
        return metrics;
      },
      save: () =>
        new Map<string, ArrayData>([
          ...adam.save(),
          ...averages.save(),
          ...watch.save(),
          ...running.flatMap(({ save }) => [...(save?.() ?? new Map())]),
        ]) as NamedArrays,
      dispose,
    });

    function validationAccuracy(): number {
      const plan = inOrder(samples.images, validation, batchSize);
      let correct = 0;
      for (let index = 0; index < plan.batchCount; index++) {
        batches.withBatch(plan, index, (batch) =>
          tidy(() => {
            const labels = labelsOf(batch, undefined);
            const options: PassOptions = { ...optionsOf(labels), statistics: 'running averages' };
            const { logits } = runNetwork(options, batch.rows);
            correct += countCorrect(
              logits.dataSync() as Float32Array,
              labels.dataSync() as Int32Array,
              logits.shape[1],
            );
          }),
        );
      }
      return correct / validation.length;
    }

    return { ...training, parameters: () => watch.best() ?? copies(arrays) };
  });
}

const operation = 'createGradientTraining';

/** The labels of a batch, or their groups at a level. */
function labelsOf({ labels }: RowBatch, level: Level | undefined) {
  return tensor1d(level === undefined ? Int32Array.from(labels) : groupsOf(level, labels), 'int32');
}

function numberOf(value: Scalar, name: string): number {
  const [number] = value.dataSync();
  if (number !== undefined && Number.isFinite(number)) return number;
  throw new Error(`${operation}: expected a finite ${name}, got ${number}; the training has diverged`);
}

/** Methods that can be taken apart. */
function bound(penalty: ReturnType<NetworkPenalty['start']>) {
  return {
    value: penalty.value.bind(penalty),
    beforeEpoch: penalty.beforeEpoch?.bind(penalty),
    afterEpoch: penalty.afterEpoch?.bind(penalty),
    save: penalty.save?.bind(penalty),
  };
}

function copies(arrays: Readonly<Record<string, Float32Buffer>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.view().slice()]));
}
