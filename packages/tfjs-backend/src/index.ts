export { openKernels } from '@hebblab/wasm';
