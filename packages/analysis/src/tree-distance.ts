/**
 * Levels of a hierarchy of classes, coarse to fine: `levels[l][label]` is the group of a label at level l. MNIST's two groups,
 * pairs and digits would be [[0,0,0,0,0,1,1,1,1,1], [0,0,1,1,2,2,...], [0,1,2,...]] if the pairs lie within the groups.
 */
export type LabelLevels = readonly ArrayLike<number>[];

/**
 * The groups of labels as a level: each label's group by its place.
 *
 * @param groups - lists of labels, which together hold each of 0..classes - 1 once
 * @returns [classes]
 * @throws Error where a label is missing, comes twice, or is none of the classes.
 *
 * @example
 * levelOf([[0, 3], [1, 2]], 4); // [0, 1, 1, 0]
 */
export function levelOf(groups: readonly (readonly number[])[], classes: number): number[] {
  const level = new Map<number, number>();
  groups.forEach((labels, group) => {
    for (const label of labels) {
      if (!Number.isInteger(label) || label < 0 || label >= classes) {
        throw new Error(`levelOf: expected labels 0 to ${classes - 1}, got ${label} in group ${group}`);
      }
      const before = level.get(label);
      if (before !== undefined) {
        throw new Error(
          `levelOf: expected each label in one group, got label ${label} in groups ${before} and ${group}`,
        );
      }
      level.set(label, group);
    }
  });
  return Array.from({ length: classes }, (_, label) => {
    const group = level.get(label);
    if (group === undefined) {
      throw new Error(`levelOf: expected each of ${classes} labels in a group, got none for label ${label}`);
    }
    return group;
  });
}

/**
 * Refuses levels that are no hierarchy: a label without a group at a level, or a group that lies in two groups of the level
 * before.
 *
 * @throws Error naming the level and the label or group.
 *
 * @example
 * requireLevels([[0, 0, 1], [0, 1, 2]]);
 */
export function requireLevels(levels: LabelLevels): void {
  const classes = levels[0]?.length ?? 0;
  if (classes === 0) throw new Error('requireLevels: expected at least one level with a label, got none');
  levels.forEach((level, number) => {
    const groups = Array.from(level);
    for (let label = 0; label < Math.max(classes, groups.length); label++) {
      const group = groups[label];
      if (group === undefined || !Number.isInteger(group) || group < 0 || label >= classes) {
        throw new Error(
          `requireLevels: expected a group for each of ${classes} labels at level ${number + 1}, got ${group} for label ${label}`,
        );
      }
    }
    const coarser = levels[number - 1];
    if (coarser === undefined) return;
    const parents = new Map<number, number>();
    groups.forEach((group, label) => {
      const parent = coarser[label] as number;
      const known = parents.get(group);
      if (known !== undefined && known !== parent) {
        throw new Error(
          `requireLevels: expected each group of level ${number + 1} within one group of level ${number}, got group ${group} in ${known} and ${parent}`,
        );
      }
      parents.set(group, parent);
    });
  });
}

/** How far predictions are from the labels in the tree of a hierarchy. */
export interface TreeDistanceError {
  /** Mean tree distance, 0 for all right. */
  readonly mean: number;
  /** 2 x levels: the distance of labels that differ at the coarsest level. */
  readonly largest: number;
  /** Share of wrong groups at each level, coarse to fine. */
  readonly levelErrors: readonly number[];
}

/**
 * Tree distance of predictions (arXiv 2211.01236, graded error): the edges between two leaves of the tree with a root above the
 * coarsest groups and the finest groups as leaves, which is twice the number of levels at which they are apart. A mistake
 * within a coarse group costs less than one across.
 *
 * @param predicted - [count], labels
 * @param actual - [count], labels
 * @throws Error where levels are no hierarchy, counts differ or are 0, or a label has no group.
 *
 * @example
 * treeDistanceError([[0, 0, 1, 1], [0, 1, 2, 3]], [1, 2], [0, 0]); // distances 2 and 4: mean 3
 */
export function treeDistanceError(
  levels: LabelLevels,
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): TreeDistanceError {
  requireLevels(levels);
  if (predicted.length !== actual.length || actual.length === 0) {
    throw new Error(
      `treeDistanceError: expected as many predictions as labels, at least one, got ${predicted.length} and ${actual.length}`,
    );
  }
  const groupOf = (level: ArrayLike<number>, label: number): number => {
    const group = level[label];
    if (group === undefined) {
      throw new Error(`treeDistanceError: expected labels below ${level.length}, got ${label}`);
    }
    return group;
  };
  const levelErrors = levels.map((level) => {
    let wrong = 0;
    for (let i = 0; i < actual.length; i++) {
      if (groupOf(level, predicted[i] as number) !== groupOf(level, actual[i] as number)) wrong++;
    }
    return wrong / actual.length;
  });
  return {
    mean: 2 * levelErrors.reduce((sum, share) => sum + share, 0),
    largest: 2 * levels.length,
    levelErrors,
  };
}
