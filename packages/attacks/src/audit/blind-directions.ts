import { type AuditCheck, graded, notMeasured, percent } from './check.js';
import type { Draws } from './draws.js';
import type { Findings } from './gradient-checks.js';
import { type Probe, spreads } from './probe.js';
import { joined, rowOf } from './search.js';
import { auditThresholds, movingBlock, unseenGradient } from './thresholds.js';

const blocksPerImage = 16;

/** Do the gradients see the inputs that matter? docs/audit/blind-directions.md */
export async function checkBlindDirections(
  probe: Probe,
  findings: Findings,
  rows: readonly number[],
  range: { readonly lower: number; readonly upper: number },
  draws: Draws,
): Promise<AuditCheck> {
  const { inputs, classes } = probe;
  const { warn, fail } = auditThresholds.blindDirections;
  const size = Math.max(1, Math.min(8, Math.floor(inputs / 16)));
  const middle = (range.lower + range.upper) / 2;
  let moving = 0;
  let unseen = 0;
  for (const row of rows) {
    const image = rowOf(findings.images, inputs, row);
    const gradients = [findings.gradients, findings.otherGradients].map((all) => rowOf(all, inputs, row));
    const blocks = Array.from({ length: blocksPerImage }, () =>
      Array.from({ length: size }, () => draws.whole(inputs)),
    );
    const moved = blocks.map((block) => {
      const copy = image.slice();
      for (const input of block) copy[input] = (image[input] as number) < middle ? range.upper : range.lower;
      return copy;
    });
    const logits = await probe.logits(joined([image, ...moved], inputs));
    const here = rowOf(logits, classes, 0);
    const spread = spreads(here, classes)[0] as number;
    blocks.forEach((block, index) => {
      const there = rowOf(logits, classes, index + 1);
      const change = there.reduce((max, value, c) => Math.max(max, Math.abs(value - (here[c] as number))), 0);
      if (!(change > movingBlock * spread)) return;
      moving++;
      if (gradients.every((gradient) => isUnseen(gradient, block))) unseen++;
    });
  }
  if (moving === 0) return notMeasured('blind directions', 'No block of inputs moves the logits.');
  const share = unseen / moving;
  return {
    name: 'blind directions',
    status: graded(share, { warn, fail }),
    measured: { share, moving },
    limits: { warn, fail },
    sentence: `Of ${moving} blocks of inputs that move the logits the gradients do not see ${percent(share)}.`,
  };
}

function isUnseen(gradient: Float32Array, block: readonly number[]): boolean {
  const largest = gradient.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return block.every((input) => !(Math.abs(gradient[input] as number) > unseenGradient * largest));
}
