import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../../dist/gradients/register.js';

/** The backend that all gradient tests run on. */
const BACKEND = 'cpu';

export async function useBackend(): Promise<void> {
  await tf.setBackend(BACKEND);
  await tf.ready();
  registerGradients();
}
