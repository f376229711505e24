import { requireLevels } from '@hebblab/analysis';
import * as v from 'valibot';
import type { RunConfig } from '../config.js';

const partition = v.array(v.number());

const withLevels = v.object({
  kind: v.literal('network'),
  layers: v.array(v.object({ kind: v.string(), units: v.optional(v.number()) })),
  levels: v.array(v.object({ groups: partition, depth: v.number() })),
  penalties: v.fallback(v.array(v.unknown()), []),
});

const withTree = v.object({ kind: v.literal('hierarchy'), levels: v.array(partition) });

const onLayer = v.object({ kind: v.string(), layer: v.number() });

/** What is wrong with the levels of a network, whatever the data set: one sentence each. */
export function hierarchyFaults(path: string, model: unknown): string[] {
  if (!v.is(withLevels, model)) return [];
  const { layers, levels, penalties } = v.parse(withLevels, model);
  if (levels.length === 0) return [];
  const faults = partitionFaults(
    `${path}.levels`,
    levels.map(({ groups }) => groups),
  );
  const hidden = layers.filter(({ kind }) => kind === 'dense' || kind === 'convolution').length - 1;
  levels.forEach(({ depth }, number) => {
    const before = levels[number - 1]?.depth ?? 0;
    if (depth <= before)
      faults.push(`${path}.levels.${number}.depth: expected a number > ${before}, got ${depth}`);
    if (depth > hidden)
      faults.push(
        `${path}.levels.${number}.depth: expected at most the ${hidden} hidden layers, got ${depth}`,
      );
  });
  const deepest = levels.at(-1)?.depth ?? 0;
  if (deepest < hidden)
    faults.push(
      `${path}.levels: expected the last level to end at the last of the ${hidden} hidden layers, got depth ${deepest}`,
    );
  const classes = layers.at(-1)?.units;
  const largest = Math.max(...levels.flatMap(({ groups }) => groups));
  if (classes !== undefined && largest >= classes)
    faults.push(
      `${path}.levels: expected groups from 0 to ${classes - 1}, which the readout can name, got ${largest}`,
    );
  const shallowest = levels[0]?.depth ?? 0;
  for (const penalty of penalties) {
    if (v.is(onLayer, penalty) && penalty.layer >= shallowest)
      faults.push(
        `${path}.penalties: expected ${penalty.kind} on last or a layer below ${shallowest}, which every level has, got ${penalty.layer}`,
      );
  }
  return faults;
}

/** What is wrong with the tree that a measurement asks for. */
export function treeFaults(path: string, measurement: unknown): string[] {
  return v.is(withTree, measurement) ? partitionFaults(`${path}.levels`, measurement.levels) : [];
}

/** Partitions that are not of the data set's classes, and measurements with too few images for a pair in a class. */
export function classFaults(
  { models, measurements }: Pick<RunConfig, 'models' | 'measurements'>,
  { classes, test }: { readonly classes: number; readonly test: number },
): string[] {
  const partitions = [
    ...Object.entries(models).flatMap(([name, model]) =>
      model.kind === 'network'
        ? model.levels.map(({ groups }, level) => [`models.${name}.levels.${level}.groups`, groups] as const)
        : [],
    ),
    ...measurements.flatMap((each, index) =>
      each.kind === 'hierarchy'
        ? each.levels.map((groups, level) => [`measurements.${index}.levels.${level}`, groups] as const)
        : [],
    ),
  ];
  const faults = partitions
    .filter(([, groups]) => groups.length !== classes)
    .map(
      ([path, groups]) =>
        `expected ${path} to give a group to each of the ${classes} classes, got ${groups.length}`,
    );
  measurements.forEach((each, index) => {
    if (each.kind !== 'isometry' && each.kind !== 'hierarchy') return;
    // With more images than classes some class has a pair.
    const images = Math.min(each.images, test);
    if (images <= classes)
      faults.push(
        `expected measurements.${index}.images above ${classes}, the number of classes, of ${test} test images, got ${each.images}`,
      );
  });
  return faults;
}

function partitionFaults(path: string, levels: readonly (readonly number[])[]): string[] {
  if (levels.length === 0) return [];
  try {
    requireLevels(levels);
    return [];
  } catch (error) {
    return [`${path}: ${error instanceof Error ? error.message.replace('requireLevels: ', '') : error}`];
  }
}
