import { offerBackend } from './activation.js';
import { registerGradients } from './gradients/register.js';
import { registerKernels } from './register-kernels.js';

registerKernels();
registerGradients();
offerBackend();

export { type BackendOptions, configureBackend } from './activation.js';
export { backendName } from './backend-name.js';
export { hvp, jacobian } from './derivatives.js';
export { backendKernels, kernelArrayOf, tensorOver } from './exchange.js';
export { registerGradients } from './gradients/register.js';
export { ownKernelNames } from './register-kernels.js';
