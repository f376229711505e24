import { clipTo } from './ball.js';
import { type AuditCheck, gradedShare, notMeasured, percent } from './check.js';
import type { Draws } from './draws.js';
import type { Findings } from './gradient-checks.js';
import { medianOf, type Probe } from './probe.js';
import { joined, rowOf } from './search.js';
import { auditThresholds, differenceRules } from './thresholds.js';

/** The loss along one direction at one step: how far it was stepped, what changed, what the gradient had said. */
interface Difference {
  readonly step: number;
  readonly change: number;
  readonly predicted: number;
}

/** Does the loss change as the gradients say? docs/audit/finite-differences.md */
export async function checkFiniteDifferences(
  probe: Probe,
  places: readonly { readonly findings: Findings; readonly row: number }[],
  range: number,
  draws: Draws,
): Promise<AuditCheck> {
  const { warn, fail } = auditThresholds.finiteDifferences;
  const verdicts: boolean[] = [];
  for (const { findings, row } of places) {
    const verdict = await compareImage(probe, findings, row, range, draws);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  const name = 'finite differences';
  if (verdicts.length === 0) {
    return notMeasured(name, 'No difference of the loss stands out of the rounding.');
  }
  const wrong = verdicts.filter((agrees) => !agrees).length;
  const share = wrong / verdicts.length;
  return {
    name,
    status: gradedShare(share, wrong, { warn, fail }),
    measured: { share, compared: verdicts.length },
    limits: { warn, fail },
    sentence:
      wrong === 0
        ? `The loss changes as the gradients say, at ${verdicts.length} images.`
        : `At ${percent(share)} of ${verdicts.length} images the loss does not change as the gradients say.`,
  };
}

/** Whether the gradients of one image are those of its loss; nothing where rounding hides every change. */
async function compareImage(
  probe: Probe,
  findings: Findings,
  row: number,
  range: number,
  draws: Draws,
): Promise<boolean | undefined> {
  const { inputs, classes } = probe;
  const image = rowOf(findings.images, inputs, row);
  const targets = [
    { label: findings.others[row] as number, gradient: rowOf(findings.otherGradients, inputs, row) },
    { label: findings.labels[row] as number, gradient: rowOf(findings.gradients, inputs, row) },
  ];
  const directions = directionsAt(
    targets.map(({ gradient }) => gradient),
    draws,
  );
  const points: Float32Array[] = [image, ...neighboursOf(image)];
  const neighbours = points.length;
  for (const direction of directions) {
    for (const step of differenceRules.steps) {
      for (const side of [1, -1]) {
        const point = image.map((value, i) => value + side * step * range * (direction[i] as number));
        clipTo(point, probe.bounds);
        points.push(point);
      }
    }
  }
  const logits = await probe.logits(joined(points, inputs));

  let agreed = 0;
  let compared = 0;
  for (const { label, gradient } of targets) {
    const logitsAt = (index: number) => rowOf(logits, classes, index);
    const here = lossOf(logitsAt(0), label);
    if (!(here > 1e-4)) continue;
    const spread = Array.from({ length: neighbours - 1 }, (_, index) =>
      Math.abs(changeOf(logitsAt(0), logitsAt(index + 1), label)),
    );
    const size = logitsAt(0).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const noise = Math.max(...spread, 2 ** -22 * size * -Math.expm1(-here));
    const series = directions.map((_, d) =>
      differenceRules.steps.map((step, s): Difference => {
        const index = neighbours + 2 * (d * differenceRules.steps.length + s);
        const above = points[index] as Float32Array;
        const below = points[index + 1] as Float32Array;
        return {
          step: 2 * step * range,
          change: changeOf(logitsAt(index + 1), logitsAt(index), label),
          predicted: above.reduce(
            (sum, value, i) => sum + (value - (below[i] as number)) * (gradient[i] as number),
            0,
          ),
        };
      }),
    );
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const outcomes = agreements(series, noise, length);
    agreed += outcomes.filter((agrees) => agrees).length;
    compared += outcomes.length;
  }
  return compared === 0 ? undefined : agreed >= differenceRules.agreeing * compared;
}

/** For each direction that can be resolved, whether all its slopes agree with the gradient up to one positive scale. */
function agreements(series: readonly (readonly Difference[])[], noise: number, length: number): boolean[] {
  const least = differenceRules.resolved * noise;
  const resolved = series.map((differences) => {
    const seen = differences.filter(({ change }) => !(Math.abs(change) <= least));
    const steepest = Math.max(0, ...seen.map(({ change, step }) => Math.abs(change) / step));
    return differences.filter(({ step }) => !(steepest * step <= least));
  });
  const ratios = resolved.flatMap((differences) => {
    const first = differences[0];
    return first === undefined || first.predicted === 0 ? [] : [first.change / first.predicted];
  });
  const scale = medianOf(ratios);
  return series.flatMap((differences, direction) => {
    const clear = resolved[direction] ?? [];
    if (clear.length > 0) return [clear.every((difference) => agrees(difference, scale, length))];
    const last = differences.at(-1);
    // Flat as far as can be seen, where the gradient promised a change.
    const promised = last === undefined ? 0 : Math.abs(last.predicted) * (scale > 0 ? scale : 1);
    return promised > least * differenceRules.factor ? [false] : [];
  });
}

function agrees({ step, change, predicted }: Difference, scale: number, length: number): boolean {
  if (!(scale > 0)) return false;
  const expected = scale * predicted;
  if (Math.abs(change - expected) <= 0.01 * scale * length * step) return true;
  const ratio = change / expected;
  return ratio >= 1 / differenceRules.factor && ratio <= differenceRules.factor;
}

/** Unit directions: the inputs with the largest gradients, random blocks, dense random signs. */
function directionsAt(gradients: readonly Float32Array[], draws: Draws): Float32Array[] {
  const inputs = gradients[0]?.length ?? 0;
  const strongest = gradients.flatMap((gradient) =>
    [...gradient.keys()]
      .sort((a, b) => Math.abs(gradient[b] as number) - Math.abs(gradient[a] as number))
      .slice(0, 3),
  );
  const single = strongest.map((input) => {
    const direction = new Float32Array(inputs);
    direction[input] = 1;
    return direction;
  });
  const signed = (density: number) => {
    const chosen = draws.uniforms(inputs);
    const direction = draws.signs(inputs).map((sign, i) => ((chosen[i] as number) < density ? sign : 0));
    const size = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    return direction.map((value) => value / Math.max(1, size));
  };
  return [...single, ...[1 / 16, 1 / 16, 1 / 16, 1, 1, 1].map(signed)];
}

/** Inputs that float32 can just tell from this one: what changes between them is rounding. */
function neighboursOf(image: Float32Array): Float32Array[] {
  return [1, 2, 3, 4].map((seed) =>
    image.map((value, i) => value * (1 - ((i * seed + seed) % 3) * 2 ** -23)),
  );
}

/** Cross-entropy in float64, to full relative precision where it is small. */
function lossOf(logits: Float32Array, label: number): number {
  const own = logits[label] as number;
  const rest = logits.reduce((sum, value, index) => (index === label ? sum : sum + Math.exp(value - own)), 0);
  if (rest < 1e300) return Math.log1p(rest);
  const largest = Math.max(...logits);
  return Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0)) + (largest - own);
}

/** loss(to) - loss(from), from the differences of the logits: logits of 1e-30 lose no digits. */
function changeOf(from: Float32Array, to: Float32Array, label: number): number {
  let rest = 1;
  let growth = 0;
  for (let c = 0; c < from.length; c++) {
    if (c === label) continue;
    const before = (from[c] as number) - (from[label] as number);
    const moved = (to[c] as number) - (from[c] as number) - ((to[label] as number) - (from[label] as number));
    rest += Math.exp(before);
    growth += Math.exp(before) * Math.expm1(moved);
  }
  const change = Math.log1p(growth / rest);
  return Number.isFinite(change) ? change : lossOf(to, label) - lossOf(from, label);
}
