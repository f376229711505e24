import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { relativeError } from './differences.js';

export interface Published {
  shape: number[];
  data: number[];
}

/** One network of test/vectors/networks.json; gradients are weight, bias per layer, null where they are 0. */
export interface NetworkVectors {
  sizes: number[];
  activation: 'relu' | 'tanh' | 'sigmoid';
  power: number;
  params: { weight: Published; bias: Published }[];
  inputs: Published;
  labels: Published;
  logits: Published;
  crossEntropy: number;
  paramGrads: (Published | null)[];
  inputGrad: Published;
  jacobian: Published;
  jacobianPenalty: number;
  jacobianPenaltyGrads: (Published | null)[];
  jacobianProjections: Published;
  jacobianProjectedPenalty: number;
  jacobianProjectedPenaltyGrads: (Published | null)[];
  isometryPenaltyK1: number;
  isometryPenaltyK1Grads: (Published | null)[];
  isometryPenaltyK10: number;
  isometryPenaltyK10Grads: (Published | null)[];
  saturationPenalty?: number;
  saturationPenaltyGrads?: (Published | null)[];
  spectral: {
    basis: Published;
    tau: number;
    slope: number;
    penalty: number;
    penaltyGrads: (Published | null)[];
  };
  spectralAnchored: { slope: number; weight: number; penalty: number; penaltyGrads: (Published | null)[] };
  powerLoss: { beta: number; m: number; loss: number; grads: (Published | null)[] };
}

export interface ConvolutionVectors {
  stride: number;
  pad: 'same' | 'valid';
  x: Published;
  filter: Published;
  bias: Published;
  y: Published;
  dy: Published;
  dx: Published;
  dfilter: Published;
  dbias: Published;
  reluMaxPool2: Published;
  dPool: Published;
  dxThroughPool: Published;
}

export function readVectors<Case>(name: string): Case[] {
  const file = new URL(`../../../../test/vectors/${name}`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}

/** Float32, so that published numbers are snapped to the nearest. */
export function tensorOf({ data, shape }: Published): tf.Tensor {
  return tf.tensor(data, shape);
}

export function expectPublished(actual: tf.Tensor, expected: Published | null, tolerance: number): void {
  if (expected === null) {
    expect(Math.max(...actual.dataSync().map(Math.abs))).toBe(0);
    return;
  }
  expect(actual.shape).toEqual(expected.shape);
  expect(relativeError(actual.dataSync(), expected.data)).toBeLessThan(tolerance);
}
