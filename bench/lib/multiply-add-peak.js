// The multiply-add peak of one thread under this engine: a loop that keeps `chains` independent sums in registers and
// touches no memory. The module is assembled here, so that the peak does not come from the kernels it judges.

/** Sums in flight: with the two constants they fill the 15 vector registers that V8 has on x86-64. */
const chains = 13;
const steps = 200_000;

/**
 * @param {'simd128' | 'relaxed'} variant how a multiply-add is written: two instructions, or relaxed_madd
 * @param {'f32' | 'f64'} precision
 * @returns {{ flops: number, run: () => number }} a multiply-add counts as 2
 */
export function multiplyAddLoop(variant, precision) {
  const lanes = precision === 'f32' ? 4 : 2;
  const module = new WebAssembly.Module(assemble(variant, precision));
  const { run } = /** @type {{ run: (steps: number) => number }} */ (
    /** @type {unknown} */ (new WebAssembly.Instance(module).exports)
  );
  return { flops: 2 * lanes * chains * steps, run: () => run(steps) };
}

// WebAssembly core specification 2.0, 5.4 (instructions) and 5.5 (modules); relaxed SIMD: opcodes 0x105, 0x107.
const v128 = 0x7b;
const i32 = 0x7f;
const opcodes = {
  f32: {
    splat: [0x13],
    constant: float32Constant,
    add: [0xe4, 0x01],
    multiply: [0xe6, 0x01],
    fused: [0x85, 0x02],
    extract: [0x1f],
    type: 0x7d,
  },
  f64: {
    splat: [0x14],
    constant: float64Constant,
    add: [0xf0, 0x01],
    multiply: [0xf2, 0x01],
    fused: [0x87, 0x02],
    extract: [0x21],
    type: 0x7c,
  },
};

/** `run(steps: i32)`: sum = sum * factor + addend in every chain, `steps` times; returns lane 0 of their total. */
function assemble(variant, precision) {
  const { splat, constant, add, multiply, fused, extract, type } = opcodes[precision];
  const simd = (code) => [0xfd, ...code];
  const get = (local) => [0x20, local];
  const set = (local) => [0x21, local];
  const splatOf = (value) => [...constant(value), ...simd(splat)];
  const [counter, factor, addend, firstChain] = [0, 1, 2, 3];
  const locals = Array.from({ length: chains }, (_, chain) => firstChain + chain);
  const multiplyAdd =
    variant === 'relaxed'
      ? [...get(factor), ...get(addend), ...simd(fused)]
      : [...get(factor), ...simd(multiply), ...get(addend), ...simd(add)];
  const instructions = [
    ...[...splatOf(0.5), ...set(factor), ...splatOf(1), ...set(addend)],
    // Different starts, or the engine could merge the chains; all tend to 2, so no value is subnormal.
    ...locals.flatMap((local) => [...splatOf(local), ...set(local)]),
    ...[0x03, 0x40], // loop
    ...locals.flatMap((local) => [...get(local), ...multiplyAdd, ...set(local)]),
    ...[...get(counter), 0x41, 0x01, 0x6b, 0x22, counter, 0x0d, 0x00, 0x0b], // counter -= 1; repeat unless 0; end
    ...get(firstChain),
    ...locals.slice(1).flatMap((local) => [...get(local), ...simd(add)]),
    ...[...simd(extract), 0x00, 0x0b],
  ];
  const body = [0x01, chains + 2, v128, ...instructions];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 1, i32, 1, type]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id, content) {
  return [id, ...unsigned(content.length), ...content];
}

function unsigned(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

function float32Constant(value) {
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
}

function float64Constant(value) {
  return [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
}
