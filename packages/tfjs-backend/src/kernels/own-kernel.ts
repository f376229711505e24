import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { HebblabBackend } from '../backend.js';

/** What tfjs-core hands to a kernel. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: HebblabBackend;
}

/** A kernel that runs on the arrays of @hebblab/wasm. */
export interface OwnKernel {
  readonly kernelName: string;
  /** Whether it takes this call; else the code of tfjs-backend-cpu does. */
  accepts(call: KernelCall): boolean;
  run(call: KernelCall): TensorInfo | TensorInfo[];
}

/** An input that the operation cannot do without. */
export function inputOf(call: KernelCall, name: string): TensorInfo {
  const input = call.inputs[name];
  if (input === undefined) throw new Error(`hebblab backend: expected an input ${name}, got none`);
  return input;
}
