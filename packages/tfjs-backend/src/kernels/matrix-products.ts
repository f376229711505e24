import type { OwnKernel } from './own-kernel.js';
export const matrixProducts: readonly OwnKernel[] = [];
