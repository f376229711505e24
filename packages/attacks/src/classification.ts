/**
 * The class with the largest logit; a tie goes to the lower index.
 *
 * @param logits - [count, classes]
 * @param sample - row of logits, 0..count - 1
 * @throws Error where the row does not exist or holds NaN or an infinity.
 *
 * @example
 * predictedClass(Float32Array.of(0.5, 2, 2), 3, 0); // 1
 */
export function predictedClass(logits: Float32Array, classes: number, sample: number): number {
  const row = logitsOf('predictedClass', logits, classes, sample);
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if ((row[index] as number) > (row[best] as number)) best = index;
  }
  return best;
}

/**
 * Cross-entropy of each sample, -log softmax(logits)[label], by log-softmax in float64: no overflow for large logits.
 *
 * @param logits - [count, classes]
 * @param labels - [count], each below classes
 * @returns [count], in nats, not averaged
 * @throws Error where lengths disagree, a label is not a class, or a logit is not finite.
 *
 * @example
 * crossEntropy(Float32Array.of(0, 0), Uint8Array.of(1), 2); // [Math.log(2)]
 */
export function crossEntropy(logits: Float32Array, labels: Uint8Array, classes: number): Float64Array {
  if (logits.length !== labels.length * classes) {
    throw new Error(
      `crossEntropy: expected ${labels.length} x ${classes} logits, one row for each label, got ${logits.length} values`,
    );
  }
  return Float64Array.from(labels, (label, sample) => {
    if (label >= classes) {
      throw new Error(`crossEntropy: expected labels below ${classes}, got ${label} at sample ${sample}`);
    }
    const row = logitsOf('crossEntropy', logits, classes, sample);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    return Math.log(sum) + largest - (row[label] as number);
  });
}

function logitsOf(operation: string, logits: Float32Array, classes: number, sample: number): Float32Array {
  const row = logits.subarray(sample * classes, (sample + 1) * classes);
  if (sample < 0 || row.length !== classes) {
    throw new Error(
      `${operation}: expected a sample of ${classes} logits, got sample ${sample} of ${logits.length} values`,
    );
  }
  const faulty = row.findIndex((value) => !Number.isFinite(value));
  if (faulty >= 0) {
    throw new Error(
      `${operation}: expected finite logits, got ${row[faulty]} for class ${faulty} of sample ${sample}`,
    );
  }
  return row;
}
