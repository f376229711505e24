import * as v from 'valibot';

const withLayers = v.object({
  kind: v.literal('network'),
  layers: v.array(v.object({ kind: v.string(), units: v.optional(v.number()) })),
  batchSize: v.number(),
  validationShare: v.number(),
  earlyStop: v.object({ kind: v.string() }),
  penalties: v.array(v.unknown()),
});

const onLayer = v.object({ kind: v.string(), layer: v.union([v.literal('last'), v.number()]) });
const withTau = v.object({ kind: v.literal('spectral'), tau: v.number() });
const ofJacobian = v.object({ kind: v.literal('jacobian') });
const annealed = v.object({
  kind: v.literal('saturation'),
  weight: v.object({ kind: v.literal('annealed') }),
});

/** What keeps a network's penalties and early stop from being trained, whatever the data set: one sentence each. */
export function networkFaults(path: string, model: unknown): string[] {
  if (!v.is(withLayers, model)) return [];
  const { layers, validationShare, earlyStop, penalties } = model;
  const faults = penalties.flatMap((penalty, index) =>
    penaltyFaults(`${path}.penalties.${index}`, penalty, model),
  );
  if (earlyStop.kind === 'patience' && validationShare === 0)
    faults.push(`${path}.validationShare: expected a number > 0, which an early stop needs, got 0`);
  if (penalties.some((penalty) => v.is(annealed, penalty)) && validationShare === 0)
    faults.push(`${path}.validationShare: expected a number > 0, which an annealed weight needs, got 0`);
  if (
    penalties.some((penalty) => v.is(ofJacobian, penalty)) &&
    layers.some(({ kind }) => kind === 'batch-normalisation')
  )
    faults.push(
      `${path}.penalties: expected no jacobian beside a batch-normalisation, which mixes the samples' Jacobians, got both`,
    );
  return faults;
}

function penaltyFaults(
  path: string,
  penalty: unknown,
  { layers, batchSize }: v.InferOutput<typeof withLayers>,
): string[] {
  if (!v.is(onLayer, penalty)) return [];
  const hidden = layers.slice(0, -1).filter(({ kind }) => kind === 'dense' || kind === 'convolution');
  const layer = penalty.layer === 'last' ? hidden.at(-1) : hidden[penalty.layer];
  if (layer === undefined)
    return [
      `${path}.layer: expected one of ${hidden.length} hidden layers, counted from 0, got ${penalty.layer}`,
    ];
  if (penalty.kind === 'isometry') return [];
  if (layer.kind !== 'dense' || layer.units === undefined)
    return [`${path}.layer: expected a dense layer, got a ${layer.kind}`];
  const faults: string[] = [];
  // Fewer samples say nothing of the small eigenvalues (Nassar et al. 2020).
  if (penalty.kind === 'spectral' && batchSize < 1.25 * layer.units)
    faults.push(
      `${path}: expected a batchSize of at least ${Math.ceil(1.25 * layer.units)}, 1.25 images a unit of the layer, got ${batchSize}`,
    );
  if (v.is(withTau, penalty) && penalty.tau >= layer.units - 1)
    faults.push(`${path}.tau: expected a number below ${layer.units - 1}, got ${penalty.tau}`);
  return faults;
}
