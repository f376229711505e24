import { type AuditCheck, gradedShare, percent } from './check.js';
import { medianOf, type Probe, runnersUp, spreads } from './probe.js';
import { rowOf } from './search.js';
import { auditThresholds } from './thresholds.js';

/** The correct images with what the classifier says of them. */
export interface Findings {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly logits: Float32Array;
  /** Towards higher cross-entropy of the label. */
  readonly gradients: Float32Array;
  readonly others: Uint8Array;
  /** The cross-entropy gradient of the class with the next largest logit. */
  readonly otherGradients: Float32Array;
}

export async function gatherFindings(
  probe: Probe,
  images: Float32Array,
  labels: Uint8Array,
  logits: Float32Array,
): Promise<Findings> {
  const others = runnersUp(logits, labels, probe.classes);
  return {
    images,
    labels,
    logits,
    gradients: await probe.gradient(images, labels),
    others,
    otherGradients: await probe.gradient(images, others),
  };
}

/** Have the images a gradient at all? docs/audit/zero-gradients.md */
export function checkZeroGradients(
  { labels, gradients, otherGradients }: Findings,
  inputs: number,
): AuditCheck {
  const rows = [...labels.keys()];
  const isZero = (values: Float32Array, row: number) => rowOf(values, inputs, row).every((v) => v === 0);
  const isFaulty = (values: Float32Array, row: number) => !rowOf(values, inputs, row).every(Number.isFinite);
  const share = (test: (row: number) => boolean) => rows.filter(test).length / rows.length;
  const notFinite = share((row) => isFaulty(gradients, row) || isFaulty(otherGradients, row));
  const zero = share((row) => isZero(gradients, row) && isZero(otherGradients, row));
  const crossEntropyZero = share((row) => isZero(gradients, row));
  const without = zero + notFinite;
  const status = gradedShare(without, Math.round(without * rows.length), auditThresholds.zeroGradients);
  return {
    name: 'zero gradients',
    status,
    measured: { share: without, zero, notFinite, crossEntropyZero },
    limits: auditThresholds.zeroGradients,
    sentence:
      without > 0
        ? `${percent(zero)} of the images have exactly zero gradients and ${percent(notFinite)} gradients that are not finite.`
        : crossEntropyZero > 0
          ? `Every image has a gradient, but that of the plain cross-entropy underflows for ${percent(crossEntropyZero)}: attack the margin, or towards a class.`
          : 'Every image has a gradient.',
  };
}

/** Do the gradients tell of more than rounding? docs/audit/gradient-size.md */
export function checkGradientSize(
  { labels, logits, gradients, otherGradients }: Findings,
  { inputs, classes }: Probe,
  range: number,
): AuditCheck {
  const spread = spreads(logits, classes);
  const rows = [...labels.keys()];
  const relative = medianOf(
    rows.map((row) =>
      logarithm(euclidean(rowOf(otherGradients, inputs, row)) * (range / (spread[row] as number))),
    ),
  );
  const norm = medianOf(rows.map((row) => logarithm(euclidean(rowOf(gradients, inputs, row)))));
  const { warn, fail } = auditThresholds.gradientSize;
  const status = relative < fail ? 'fail' : relative < warn ? 'warn' : 'pass';
  return {
    name: 'gradient size',
    status,
    measured: { median: relative, medianLog10Norm: norm },
    limits: { warn, fail },
    sentence: `Over the range of the inputs the median gradient accounts for 10^${relative.toFixed(1)} of the spread of the logits${status === 'pass' ? '' : ', which is flat beside the rounding of float32'} (median log10 norm of the cross-entropy gradient ${norm.toFixed(1)}).`,
  };
}

/** log10, with -400 (beyond float64) for 0 and for what is not finite. */
function logarithm(value: number): number {
  return value > 0 && Number.isFinite(value) ? Math.log10(value) : -400;
}

function euclidean(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
