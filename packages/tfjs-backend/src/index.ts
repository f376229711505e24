import { registerBackend } from '@tensorflow/tfjs-core';
import { openBackend } from './activation.js';
import { backendName } from './backend-name.js';
import { registerGradients } from './gradients/register.js';
import { registerKernels } from './register-kernels.js';

registerKernels();
registerGradients();
// Above tfjs-backend-cpu (1), webgl and wasm (2), so that importing this package is choosing it.
registerBackend(backendName, openBackend, 3);

export { type BackendOptions, configureBackend } from './activation.js';
export { backendName } from './backend-name.js';
export { hvp, jacobian } from './derivatives.js';
export { backendKernels, kernelArrayOf, tensorOver } from './exchange.js';
export { registerGradients } from './gradients/register.js';
export { ownKernelNames } from './register-kernels.js';
