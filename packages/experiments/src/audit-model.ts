import { type AuditProgress, type AuditReport, audit, type DifferentiableClassifier } from '@hebblab/attacks';
import type { NetworkModel } from '@hebblab/models/networks';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { classifierOf } from './measurements/attacks.js';
import { measuringBatch } from './measurements/context.js';

/** What {@link auditModel} is asked. */
export interface AuditModelRequest {
  /** [count, inputs], as the model takes them, within [0, 1]. */
  readonly images: Float32Array;
  /** [count] */
  readonly labels: Uint8Array;
  readonly norm: 'linf' | 'l2';
  /** The audit's own grid where there are none. */
  readonly epsilons?: readonly number[];
  /** A plainly trained network of the same inputs and classes. */
  readonly twin?: NetworkModel;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AuditProgress) => void;
}

/**
 * Audits a model of this project (docs/audit), with its stabilised gradients. Randomness comes from streams whose names
 * begin with `audit`.
 *
 * @throws Error where images or the twin do not fit the model, or the signal aborts (its reason)
 * @example
 * const model = decodeAnyModel(await readFile('kh.safetensors'), 'kh.safetensors');
 * const { verdict } = await auditModel(kernels, model, { images, labels, norm: 'linf', seed: 1 });
 */
export async function auditModel(
  kernels: Kernels,
  model: NetworkModel,
  { seed, twin, ...request }: AuditModelRequest,
): Promise<AuditReport> {
  // tfjs-core takes a while to load, which other commands need not wait for.
  const { openNetwork, openTensors, usualStabilisation } = await import('@hebblab/models/networks');
  await openTensors(kernels);
  using open = openNetwork(kernels, model, measuringBatch);
  using openTwin = twin === undefined ? undefined : openNetwork(kernels, twin, measuringBatch);
  const classifier = classifierOf(open);
  const { logits, lossGradient } = open.stabilised(usualStabilisation);
  const stabilised: DifferentiableClassifier = { ...classifier, logits, lossGradient };
  // Awaited here, as the networks are given back on return.
  return await audit(classifier, {
    ...request,
    stabilised,
    ...(openTwin === undefined ? {} : { twin: classifierOf(openTwin) }),
    normals: (stream, first, out) => randomNormal(kernels, { seed, stream, first }, out),
    batchSize: measuringBatch,
  });
}
