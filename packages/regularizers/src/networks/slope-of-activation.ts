import type { LayerPass } from '@hebblab/models/networks';
import {
  abs,
  cast,
  customGrad,
  greater,
  lessEqual,
  mul,
  onesLike,
  pow,
  scalar,
  square,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';

/** The derivative of a layer's activation at its pre-activations, on the tape where it is not constant in pieces. */
export function slopeOfActivation({ activation, preactivations: z, activations }: LayerPass): Tensor {
  switch (activation.kind) {
    case 'linear':
      return constant(() => onesLike(z));
    case 'relu': {
      const active = constant(() => cast(greater(z, 0), 'float32'));
      if (activation.power === 1) return active;
      // 1 stands in for what is not active, where a power of 0 would have no derivative.
      const base = where(greater(z, 0), z, 1);
      return mul(mul(active, pow(base, scalar(activation.power - 1))), activation.power);
    }
    case 'tanh':
      return sub(1, square(activations));
    case 'sigmoid':
      return mul(activations, sub(1, activations));
    case 'hard-tanh':
      return constant(() => cast(lessEqual(abs(z), 1), 'float32'));
  }
}

/** What `compute` gives, off the tape: gradients cost nothing there. */
function constant(compute: () => Tensor): Tensor {
  return customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
}
