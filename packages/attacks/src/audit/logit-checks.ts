import { type AuditCheck, graded } from './check.js';
import { medianOf, type Probe, spreads } from './probe.js';
import { auditThresholds } from './thresholds.js';

/** Are the logits finite, and are they logits? docs/audit/logits.md */
export function checkLogits(logits: Float32Array, classes: number): AuditCheck {
  const limits = { notFinite: 0, ...auditThresholds.squashedLogits };
  const rows = logits.length / classes;
  const notFinite = logits.filter((value) => !Number.isFinite(value)).length;
  const finite = logits.filter(Number.isFinite);
  const lowest = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const tolerance = 1e-4 * (highest - lowest);
  const atEnds =
    finite.filter((value) => value - lowest <= tolerance || highest - value <= tolerance).length /
    Math.max(1, finite.length);
  const probabilities =
    Array.from({ length: rows }, (_, row) => logits.subarray(row * classes, (row + 1) * classes)).filter(
      (values) => values.every((value) => value >= 0) && Math.abs(values.reduce((a, b) => a + b) - 1) <= 1e-3,
    ).length / rows;
  const measured = { notFinite, atEnds, probabilities };
  const answer = (status: AuditCheck['status'], sentence: string): AuditCheck => ({
    name: 'logits',
    status,
    measured,
    limits,
    sentence,
  });
  if (notFinite > 0) return answer('fail', `${notFinite} logits are not finite numbers.`);
  if (probabilities > limits.warn) {
    return answer('warn', 'The outputs are probabilities: audit the values before the softmax.');
  }
  if (rows * classes > 2 * classes && atEnds > limits.warn) {
    return answer(
      'warn',
      'Most outputs sit at the ends of their range: audit the values before the squashing.',
    );
  }
  return answer('pass', 'The logits are finite and not squashed.');
}

/** Does the same image get the same logits, however it is asked? docs/audit/repeatability.md */
export async function checkRepeatability(
  probe: Probe,
  images: Float32Array,
  logits: Float32Array,
): Promise<AuditCheck> {
  const { inputs, classes } = probe;
  const { warn, fail } = auditThresholds.repeatability;
  const jumpLimits = auditThresholds.continuity;
  const count = logits.length / classes;
  const spread = medianOf(spreads(logits, classes));
  const again = await probe.logits(images);
  const single = await probe.logits(images, 1);
  const uneven = await probe.logits(images, 7);
  const reversed = reversedRows(await probe.logits(reversedRows(images, inputs)), classes);
  const difference = relative(
    Math.max(...[again, single, uneven, reversed].map((other) => largestDifference(logits, other))),
    spread,
  );
  const neighbours = await probe.logits(images.map((value) => value * (1 - 2 ** -22)));
  const jumps = Array.from({ length: count }, (_, row) =>
    largestDifference(
      logits.subarray(row * classes, (row + 1) * classes),
      neighbours.subarray(row * classes, (row + 1) * classes),
    ),
  );
  const jump = relative(medianOf(jumps), spread);
  const status = worst(graded(difference, { warn, fail }), graded(jump, jumpLimits));
  return {
    name: 'repeatability',
    status,
    measured: { difference, jump },
    limits: { warn, fail, jumpWarn: jumpLimits.warn, jumpFail: jumpLimits.fail },
    sentence:
      status === 'pass'
        ? 'The same image gets the same logits in any order and batch.'
        : difference > warn
          ? `The same image gets logits that differ by ${difference.toPrecision(2)} of their spread when asked again, in another order or batch.`
          : `The logits jump by ${jump.toPrecision(2)} of their spread between neighbouring float32 inputs.`,
  };
}

/** Inputs move towards 0 by a relative 2^-22, which keeps them within bounds that hold 0. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) {
      const difference = Math.abs((a[i] as number) - (b[i] as number));
      largest = Math.max(largest, Number.isNaN(difference) ? Number.MAX_VALUE : difference);
    }
  }
  return largest;
}

/** Finite, so that it can be written as JSON. */
function relative(difference: number, spread: number): number {
  return difference === 0 ? 0 : Math.min(Number.MAX_VALUE, difference / spread);
}

function reversedRows(values: Float32Array, width: number): Float32Array {
  const count = values.length / width;
  const reversed = new Float32Array(values.length);
  for (let row = 0; row < count; row++) {
    reversed.set(values.subarray(row * width, (row + 1) * width), (count - 1 - row) * width);
  }
  return reversed;
}

function worst(...statuses: readonly ('pass' | 'warn' | 'fail')[]): 'pass' | 'warn' | 'fail' {
  if (statuses.includes('fail')) return 'fail';
  return statuses.includes('warn') ? 'warn' : 'pass';
}
