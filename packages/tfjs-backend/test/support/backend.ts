import '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';

/** Makes the backend of this package the active one. */
export async function useBackend(): Promise<void> {
  await tf.setBackend('hebblab');
}
