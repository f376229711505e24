/** The numbers that examples/node/train-in-node.js prints. */
export interface TrainingOutput {
  readonly pruned: number;
  /** Of 500 test images. */
  readonly correct: number;
  /** In per cent of those, by growing epsilon. */
  readonly stillCorrect: readonly number[];
}

export function readTrainingOutput(text: string): TrainingOutput {
  return {
    pruned: Number(/^(\d+) of 200 units pruned$/m.exec(text)?.[1]),
    correct: Number(/^(\d+) of 500 test images correct$/m.exec(text)?.[1]),
    stillCorrect: [...text.matchAll(/^epsilon [\d.]+: ([\d.]+) %/gm)].map(([, share]) => Number(share)),
  };
}
