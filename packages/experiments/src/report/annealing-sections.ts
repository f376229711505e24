import { csv, trainingCurves } from '@hebblab/report';
import type { RunConfig } from '../config.js';
import { readMetrics } from '../metrics.js';
import type { RunFolder } from '../run-folder.js';
import { nameWithSeed, seedsOf } from '../seeds.js';
import type { NamedFigure, NamedSection } from './named-figure.js';

/**
 * lambda of each annealed training by epoch, and where it ended. It is not among the metrics but follows from their
 * validation accuracies, so the controller is run on those again.
 */
export async function annealingSections(folder: RunFolder, settings: RunConfig): Promise<NamedSection[]> {
  const annealed = Object.entries(settings.models).flatMap(([name, model]) => {
    if (model.kind !== 'network') return [];
    return model.penalties.flatMap((penalty) =>
      penalty.kind === 'saturation' && penalty.weight.kind === 'annealed'
        ? [{ name, annealing: penalty.weight }]
        : [],
    );
  });
  if (annealed.length === 0) return [];
  // Loads tfjs-core, which reports of other runs need not wait for.
  const { annealingAfter, startAnnealing } = await import('@hebblab/regularizers/networks');
  const metrics = await readMetrics(folder);
  const series = annealed.flatMap(({ name, annealing }) =>
    seedsOf(settings).flatMap((seed) => {
      const model = nameWithSeed(settings, name, seed);
      const rows = metrics.filter((row) => row.model === model);
      // A model that was taken from the run of an earlier version has no metrics here.
      if (rows.length === 0) return [];
      let state = startAnnealing(annealing);
      const value = rows.map(({ validationAccuracy }) => {
        const { weight } = state;
        state = annealingAfter(annealing, state, Number(validationAccuracy));
        return weight;
      });
      const accuracy = Number(rows.at(-1)?.validationAccuracy);
      return [{ name: model, of: name, epoch: rows.map(({ epoch }) => Number(epoch)), value, accuracy }];
    }),
  );
  if (series.length === 0) return [];
  return [
    {
      heading: 'How far lambda was raised',
      text: ['The weight of the saturation penalty, raised while the validation accuracy holds.'],
      // One for each model: lambda of one network is a hundred times that of another.
      figures: [...new Set(series.map((each) => each.of))].map((name) =>
        annealingFigure(
          name,
          series.filter((each) => each.of === name),
        ),
      ),
      tables: [
        {
          caption: 'Where lambda ended.',
          columns: ['model', 'final lambda', 'largest lambda', 'validation accuracy'],
          rows: series.map(({ name, value, accuracy }) => [
            name,
            (value.at(-1) ?? 0).toPrecision(3),
            Math.max(...value).toPrecision(3),
            accuracy.toFixed(4),
          ]),
        },
      ],
    },
  ];
}

interface AnnealedTraining {
  /** With the seed, where there are several. */
  readonly name: string;
  readonly epoch: readonly number[];
  /** lambda. */
  readonly value: readonly number[];
}

function annealingFigure(name: string, series: readonly AnnealedTraining[]): NamedFigure {
  return {
    file: `annealing-${name}`,
    svg: trainingCurves({ series, label: 'lambda', title: `Annealing of lambda, ${name}` }),
    caption: `lambda that each epoch of ${name} was trained with.`,
    csv: {
      fileName: `annealing-${name}.csv`,
      text: csv({
        columns: ['model', 'epoch', 'lambda'],
        rows: series.flatMap((each) =>
          each.epoch.map((epoch, index) => [each.name, epoch, each.value[index] ?? null]),
        ),
      }),
    },
  };
}
