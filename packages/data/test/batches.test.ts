import { createBatch, gatherBatch, planBatches } from '@hebblab/data';
import { describe, expect, it } from 'vitest';
import { faultOf, tinySet } from './builders.js';

const images = tinySet([0, 1, 2, 0, 1]);
const scales = Float32Array.of(1, 2, 3, 4, 5);
const order = Uint32Array.of(4, 0, 2, 1, 3);

describe('planBatches', () => {
  it('keeps a short last batch or drops it, as it is told', () => {
    expect(planBatches(images, { order, batchSize: 2, lastBatch: 'short' }).batchCount).toBe(3);
    expect(planBatches(images, { order, batchSize: 2, lastBatch: 'drop' }).batchCount).toBe(2);
    expect(planBatches(images, { order, batchSize: 5, lastBatch: 'drop' }).batchCount).toBe(1);
  });

  it('refuses an index that the set does not have', () => {
    const outside = Uint32Array.of(0, 5);
    expect(faultOf(() => planBatches(images, { order: outside, batchSize: 1, lastBatch: 'drop' }))).toBe(
      'planBatches: expected indices below 5, got 5',
    );
  });

  it('refuses an epoch without a batch', () => {
    expect(faultOf(() => planBatches(images, { order, batchSize: 6, lastBatch: 'drop' }))).toContain('got 5');
  });

  it.each([0, 1.5, -1])('refuses the batch size %d', (batchSize) => {
    expect(faultOf(() => planBatches(images, { order, batchSize, lastBatch: 'short' }))).toContain(
      `got ${batchSize}`,
    );
  });
});

describe('gatherBatch', () => {
  const plan = planBatches(images, { order, batchSize: 2, lastBatch: 'short' });

  it('gathers pixels, scales and labels in the order of the plan', () => {
    const batch = createBatch(images, 2);
    expect(gatherBatch(images, scales, plan, 1, batch)).toBe(2);
    expect(batch).toEqual({
      pixels: Uint8Array.of(20, 21, 10, 11),
      scales: Float32Array.of(3, 2),
      labels: Uint8Array.of(2, 1),
    });
  });

  it('says how many images a short last batch has and leaves the rest as it was', () => {
    const batch = createBatch(images, 2);
    batch.pixels.fill(99);
    expect(gatherBatch(images, scales, plan, 2, batch)).toBe(1);
    expect([...batch.pixels]).toEqual([30, 31, 99, 99]);
  });

  it('uses every image of the order once', () => {
    const seen: number[] = [];
    for (let index = 0; index < plan.batchCount; index++) {
      const batch = createBatch(images, 2);
      const filled = gatherBatch(images, scales, plan, index, batch);
      for (let i = 0; i < filled; i++) seen.push((batch.pixels[2 * i] as number) / 10);
    }
    expect(seen).toEqual([...order]);
  });

  it('writes into views of a larger memory, and only there', () => {
    const memory = new ArrayBuffer(64);
    const into = {
      pixels: new Uint8Array(memory, 8, 4),
      scales: new Float32Array(memory, 16, 2),
      labels: new Uint8Array(memory, 32, 2),
    };
    gatherBatch(images, scales, plan, 0, into);
    expect([...new Uint8Array(memory, 0, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 40, 41, 0, 1, 0, 0, 0, 0]);
  });

  it('refuses an index, scales or arrays that do not fit', () => {
    const batch = createBatch(images, 2);
    expect(() => gatherBatch(images, scales, plan, 3, batch)).toThrow(
      'expected a batch index below 3, got 3',
    );
    expect(() => gatherBatch(images, scales.subarray(1), plan, 0, batch)).toThrow('expected 5 scales, got 4');
    expect(() => gatherBatch(images, scales, plan, 0, createBatch(images, 1))).toThrow('arrays for 2 images');
  });
});
