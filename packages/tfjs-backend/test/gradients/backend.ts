import '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';

/** The backend that all gradient tests run on. */
const BACKEND = 'hebblab';

export async function useBackend(): Promise<void> {
  await tf.setBackend(BACKEND);
}
