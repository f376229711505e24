import { classesOf, type NetworkArchitecture } from './architecture.js';

/**
 * A level of a hierarchy: the network up to `depth` hidden layers and the shared readout tell `groups` apart
 * (arXiv 2211.01236). Earlier blocks stay as they are while a level learns.
 */
export interface Level {
  /** The group of each class, [classes]; groups are numbered from 0. */
  readonly groups: readonly number[];
  /** Dense and convolution layers before the readout. */
  readonly depth: number;
}

/** The one level of a network that is trained as a whole. */
export function wholeNetwork(architecture: NetworkArchitecture): Level {
  return {
    groups: Array.from({ length: classesOf(architecture) }, (_, label) => label),
    depth: Number.POSITIVE_INFINITY,
  };
}

/**
 * Refuses levels that do not get deeper or end before the readout, and groups that leave a class out or that the readout
 * cannot name.
 */
export function expectLevels(
  architecture: NetworkArchitecture,
  levels: readonly Level[],
  classes: number,
): void {
  const hidden = hiddenLayersUpTo(architecture, architecture.layers.length - 1) - 1;
  const outputs = classesOf(architecture);
  levels.forEach(({ groups, depth }, number) => {
    const at = `at level ${number + 1}`;
    const before = levels[number - 1]?.depth ?? 0;
    const last = number === levels.length - 1;
    if (!Number.isInteger(depth) || depth <= before || (last ? depth !== hidden : depth >= hidden)) {
      const range = last
        ? `of ${hidden}, all layers before the readout,`
        : `from ${before + 1} to ${hidden - 1}`;
      throw new Error(`levels: expected a depth ${range} ${at}, got ${depth}`);
    }
    if (groups.length !== classes)
      throw new Error(`levels: expected a group for each of ${classes} classes ${at}, got ${groups.length}`);
    const wrong = groups.find((group) => !Number.isInteger(group) || group < 0 || group >= outputs);
    if (wrong !== undefined)
      throw new Error(`levels: expected groups from 0 to ${outputs - 1} ${at}, got ${wrong}`);
  });
}

/** The group of each label at a level. */
export function groupsOf({ groups }: Level, labels: ArrayLike<number>): Int32Array {
  return Int32Array.from(labels, (label) => {
    const group = groups[label];
    if (group === undefined)
      throw new Error(`levels: expected a group for each of ${groups.length} labels, got label ${label}`);
    return group;
  });
}

/** Whether a level's step changes the parameters of this layer: those of its own block and of the readout. */
export function levelTrains(
  architecture: NetworkArchitecture,
  levels: readonly Level[],
  level: Level,
  layer: number,
): boolean {
  if (layer === architecture.layers.length - 1) return true;
  const before = levels[levels.indexOf(level) - 1]?.depth ?? 0;
  const hidden = hiddenLayersUpTo(architecture, layer);
  return hidden > before && hidden <= level.depth;
}

/** Dense and convolution layers up to and with this one. */
function hiddenLayersUpTo({ layers }: NetworkArchitecture, layer: number): number {
  return layers.slice(0, layer + 1).filter(({ kind }) => kind === 'dense' || kind === 'convolution').length;
}
