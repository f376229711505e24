import { attackTitle } from '../attack-title.js';
import type { ModelConfig } from '../config.js';
import type { ModelResult } from '../results.js';
import { accuracyTolerance, ratioTolerance } from './comparison.js';
import type { Budget, Reference, ReferenceFigures } from './references-paper-a.js';

/** A figure of a run beside one of a reference. */
export interface ReferenceComparison {
  readonly model: string;
  /** For example `test accuracy`. */
  readonly figure: string;
  readonly here: number;
  readonly reference: number;
  /** Whether model and reference were trained for the same epochs; figures of other budgets differ for that alone. */
  readonly sameBudget: boolean;
  /** Within 0.01 for accuracies, 5 % for the rest. */
  readonly agrees: boolean;
}

/** What is compared. */
export interface ReferenceRequest {
  readonly models: Readonly<Record<string, Pick<ModelResult, 'accuracy' | 'criticalDistance' | 'spectrum'>>>;
  /** The settings of the run's models, for their epochs. */
  readonly settings: Readonly<Record<string, ModelConfig>>;
}

/**
 * Every figure that the run and a reference have both, model by model under the same name.
 *
 * @example
 * const rows = compareWithReference({ models: results.models, settings: config.models }, independentPaperA);
 */
export function compareWithReference(
  { models, settings }: ReferenceRequest,
  reference: Reference,
): ReferenceComparison[] {
  return Object.entries(reference.models).flatMap(([model, theirs]) => {
    const ours = models[model];
    const config = settings[model];
    if (ours === undefined) return [];
    const sameBudget = config !== undefined && isSameBudget(budgetOf(config), theirs.budget);
    const figures = figuresOfResult(ours);
    return figuresOfReference(theirs).flatMap(([figure, value]) => {
      const here = figures.get(figure);
      if (here === undefined) return [];
      const agrees =
        figure === accuracyFigure
          ? Math.abs(here - value) <= accuracyTolerance
          : Math.abs(here / value - 1) <= ratioTolerance;
      return [{ model, figure, here, reference: value, sameBudget, agrees }];
    });
  });
}

const accuracyFigure = 'test accuracy';

function figuresOfResult({
  accuracy,
  criticalDistance,
  spectrum,
}: ReferenceRequest['models'][string]): Map<string, number | undefined> {
  return new Map<string, number | undefined>([
    [accuracyFigure, accuracy],
    ...Object.entries(criticalDistance).map(
      ([attack, { median }]) => [medianFigure(attack), median] as const,
    ),
    ['alpha images', spectrum.images.alpha],
    ['alpha noise', spectrum.noise.alpha],
  ]);
}

function figuresOfReference(figures: ReferenceFigures): [string, number][] {
  const { accuracy, criticalDistance = {}, alphaImages, alphaNoise } = figures;
  const all: [string, number | undefined][] = [
    [accuracyFigure, accuracy],
    ...Object.entries(criticalDistance).map(([attack, median]): [string, number] => [
      medianFigure(attack),
      median,
    ]),
    ['alpha images', alphaImages],
    ['alpha noise', alphaNoise],
  ];
  return all.flatMap(([figure, value]) => (value === undefined ? [] : [[figure, value]]));
}

function medianFigure(attack: string): string {
  return `median critical L2, ${attackTitle(attack)}`;
}

/** `undefined` of models whose training is unknown. */
function budgetOf(config: ModelConfig): Budget | undefined {
  if (config.kind === 'local-learning')
    return { layerEpochs: config.layer.epochs, epochs: config.readout.epochs };
  if (config.kind === 'custom') return undefined;
  return { epochs: 'epochs' in config ? config.epochs : 0 };
}

function isSameBudget(ours: Budget | undefined, theirs: Budget): boolean {
  return ours?.epochs === theirs.epochs && ours.layerEpochs === theirs.layerEpochs;
}
