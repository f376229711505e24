import type { ReportFigure, ReportSection } from '@hebblab/report';
import type { ModelResult, RunResults } from '../results.js';

/** A figure with the name of its file. */
export interface NamedFigure extends ReportFigure {
  readonly file: string;
}

/** A section whose figures are files too. */
export type NamedSection = Omit<ReportSection, 'figures'> & { readonly figures: readonly NamedFigure[] };

/** Models by their names, in the order of the run. */
export type NamedModels = readonly (readonly [name: string, model: RunResults['models'][string]])[];

/**
 * The result of one seed. What has no mean over seeds is drawn of the first: units of a layer and points of a plane are
 * others for each seed.
 */
export function firstSeed(model: RunResults['models'][string]): ModelResult {
  return model.perSeed?.[0] ?? model;
}

/** [low, high] of the number at `path` of a model; absent where the run has one seed. */
export function intervalAt(
  { interval }: RunResults['models'][string],
  path: readonly string[],
): [number, number] | undefined {
  const value = valueAt(interval, path);
  return isInterval(value) ? value : undefined;
}

/** [low, high] of each number of the list at `path`; absent where the run has one seed. */
export function intervalsAt(
  { interval }: RunResults['models'][string],
  path: readonly string[],
): [number, number][] | undefined {
  const value = valueAt(interval, path);
  return Array.isArray(value) && value.every(isInterval) ? value : undefined;
}

/** Student's interval of a share may reach beyond what a share can be. */
export function withinShares([low, high]: readonly [number, number]): [number, number] {
  return [Math.min(1, Math.max(0, low)), Math.min(1, Math.max(0, high))];
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function isInterval(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((bound) => typeof bound === 'number');
}
