import type { Bounds } from './classifier.js';
import { type CleanGradientPgd, reachOf } from './methods/clean-gradient-pgd.js';
import type { Fgsm } from './methods/fgsm.js';
import type { Pgd } from './methods/pgd.js';
import type { RandomNoise } from './methods/random-noise.js';
import type { SecondOrder } from './methods/second-order.js';
import type { Spsa } from './methods/spsa.js';
import type { Square } from './methods/square.js';
import type { Budget } from './verification.js';

/** Attacks that any classifier can be given to. */
export type GradientFreeAttack = RandomNoise | Square | Spsa;

/** Attacks are plain data; a differentiable classifier is needed by all but the gradient-free ones. */
export type Attack = GradientFreeAttack | Fgsm | Pgd | CleanGradientPgd | SecondOrder;

/** What an attack promises of its images; noise is neither clipped nor kept within a distance (arXiv 2405.00679). */
export function promiseOf(
  attack: Attack,
  epsilon: number,
  bounds: Bounds,
): { readonly budget: Budget; readonly bounds: Bounds } {
  switch (attack.kind) {
    case 'random noise':
      return { budget: { kind: 'none' }, bounds: { kind: 'unbounded' } };
    case 'pgd':
    case 'second order':
      return { budget: { kind: attack.norm, epsilon }, bounds };
    case 'clean-gradient pgd':
      return { budget: { kind: 'linf', epsilon: reachOf(attack, epsilon) }, bounds };
    case 'fgsm':
    case 'square':
    case 'spsa':
      return { budget: { kind: 'linf', epsilon }, bounds };
  }
}
