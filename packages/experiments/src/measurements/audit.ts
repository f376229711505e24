import { normalisedImages } from '@hebblab/models';
import type { NetworkModel } from '@hebblab/models/networks';
import { auditModel } from '../audit-model.js';
import type { MeasurementConfig } from '../config.js';
import type { AuditResult } from '../measurement-results.js';
import type { MeasureContext } from './context.js';

/** The audit of docs/audit on the first test images, in L-infinity. */
export async function measureAudit(
  context: MeasureContext,
  model: NetworkModel,
  { images: wanted, epsilons, twins }: Extract<MeasurementConfig, { kind: 'audit' }>,
): Promise<AuditResult> {
  const { kernels, test, seed, signal } = context;
  const count = Math.min(wanted, test.count);
  const twinName = twins[context.configured];
  const twin = twinName === undefined ? undefined : await context.trained(twinName);
  const { verdict, checks, ...report } = await auditModel(kernels, model, {
    images: normalisedImages(test, count),
    labels: test.images.labels.subarray(0, count),
    norm: 'linf',
    epsilons,
    seed,
    signal,
    ...(twin === undefined ? {} : { twin }),
  });
  return {
    verdict,
    checks: Object.fromEntries(checks.map(({ name, status, sentence }) => [name, { status, sentence }])),
    epsilons: report.epsilons.map(({ epsilon, whiteBoxAccuracy, accuracy }) => ({
      epsilon,
      whiteBoxAccuracy,
      accuracy,
    })),
    images: report.images.given,
    correct: report.images.correct,
  };
}
