/** The pairs of samples of a batch that share a label, each once and none of a sample with itself. */
export interface ClassPairs {
  /** Samples of the batch. */
  readonly samples: number;
  /** The samples of each label that several have. Pairs run over these in order: (0, 1), (0, 2) ... (1, 2) ... */
  readonly groups: readonly Int32Array[];
  /** Number of pairs. */
  readonly count: number;
}

/**
 * Groups samples by their labels.
 *
 * @example
 * const { count } = classPairs([3, 5, 3, 3]); // 3
 */
export function classPairs(labels: ArrayLike<number>): ClassPairs {
  const members = new Map<number, number[]>();
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample] as number;
    const group = members.get(label);
    if (group === undefined) members.set(label, [sample]);
    else group.push(sample);
  }
  const groups = [...members.values()]
    .filter(({ length }) => length > 1)
    .map((group) => Int32Array.from(group));
  const count = groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  return { samples: labels.length, groups, count };
}
