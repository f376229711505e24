import type { ArrayData } from '@hebblab/data';
import fc from 'fast-check';

/** Arrays of every type, of 0 to 3 axes with sizes 0 to 4, with finite values. */
export const arrays: fc.Arbitrary<ArrayData> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  .chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const exactly = { minLength: length, maxLength: length };
    const finite = { ...exactly, noNaN: true, noDefaultInfinity: true };
    return fc.oneof(
      fc.float32Array(finite).map((data): ArrayData => ({ dtype: 'float32', shape, data: data })),
      fc.float64Array(finite).map((data): ArrayData => ({ dtype: 'float64', shape, data: data })),
      fc.int8Array(exactly).map((data): ArrayData => ({ dtype: 'int8', shape, data: data })),
      fc.int16Array(exactly).map((data): ArrayData => ({ dtype: 'int16', shape, data: data })),
      fc.int32Array(exactly).map((data): ArrayData => ({ dtype: 'int32', shape, data: data })),
      fc.uint8Array(exactly).map((data): ArrayData => ({ dtype: 'uint8', shape, data: data })),
      fc.uint16Array(exactly).map((data): ArrayData => ({ dtype: 'uint16', shape, data: data })),
      fc.uint32Array(exactly).map((data): ArrayData => ({ dtype: 'uint32', shape, data: data })),
      fc.bigInt64Array(exactly).map((data): ArrayData => ({ dtype: 'int64', shape, data: data })),
      fc.bigUint64Array(exactly).map((data): ArrayData => ({ dtype: 'uint64', shape, data: data })),
      fc.uint8Array({ ...exactly, max: 1 }).map((data): ArrayData => ({ dtype: 'bool', shape, data: data })),
    );
  });
