import type { OwnKernel } from './own-kernel.js';
export const views: readonly OwnKernel[] = [];
