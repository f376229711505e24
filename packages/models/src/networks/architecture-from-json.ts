import type { Activation, LayerSpec, NetworkArchitecture } from './architecture.js';

/**
 * Whether a parsed JSON value describes an architecture. It may still have sizes out of range, or layers that cannot
 * follow one another: `parameterShapes` says.
 */
export function isArchitecture(value: unknown): value is NetworkArchitecture {
  if (!isRecord(value)) return false;
  const { inputShape, layers } = value;
  const shapeFits = Array.isArray(inputShape) && inputShape.length === 3 && inputShape.every(isNumber);
  return shapeFits && Array.isArray(layers) && layers.every(isLayer);
}

function isLayer(value: unknown): value is LayerSpec {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case 'dense':
      return isNumber(value.units) && typeof value.bias === 'boolean' && isActivation(value.activation);
    case 'convolution':
      return (
        isNumber(value.filters) &&
        isNumber(value.size) &&
        (value.padding === 'same' || value.padding === 'valid') &&
        typeof value.bias === 'boolean' &&
        isActivation(value.activation)
      );
    case 'max-pool':
      return isNumber(value.size);
    case 'flatten':
    case 'batch-normalisation':
      return true;
    default:
      return false;
  }
}

function isActivation(value: unknown): value is Activation {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case 'relu':
      return isNumber(value.power);
    case 'linear':
    case 'tanh':
    case 'sigmoid':
    case 'hard-tanh':
      return true;
    default:
      return false;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Whether a parsed JSON value is an object with keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
