/* tslint:disable */
/* eslint-disable */

export function adamStep(learning_rate: number, beta1: number, beta2: number, epsilon: number, step: number, parameters: number, gradient: number, first_moment: number, second_moment: number, length: number): void;

export function addRowBias(matrix: number, rows: number, columns: number, bias: number): void;

/**
 * Reserves zeroed memory and returns its offset.
 */
export function allocate(byte_length: number): number;

/**
 * Reserves memory that holds whatever was there before, and returns its offset.
 */
export function allocateUninitialised(byte_length: number): number;

/**
 * As [`gemm`] for each pair of matrices `a_of[i]` and `b_of[i]` of the `a_count` in `a` and the `b_count` in `b`.
 */
export function batchedGemm(form: number, rows: number, columns: number, inner: number, a: number, a_count: number, b: number, b_count: number, a_of: Uint32Array | number[], b_of: Uint32Array | number[], out: number, bias: number, row_scale: number, power: number): void;

/**
 * `function` is a place in one of the lists below. The dimensions of the output, size after size, leading ones where
 * there are fewer than six; bit i of `of_first` and `of_second` says whether an operand has dimension i.
 * An operand that has all of them may be `out`.
 */
export function binary(_function: number, sizes_0: number, sizes_1: number, sizes_2: number, sizes_3: number, sizes_4: number, sizes_5: number, of_first: number, of_second: number, a: number, b: number, out: number): void;

export function bytesToFloats(pixels: number, scales: number, count: number, size: number, out: number): void;

/**
 * `from` and `to`: 0 float32, 1 int32, 2 uint8.
 */
export function cast(from: number, to: number, input: number, out: number, length: number): void;

/**
 * `property`: 0 NaN, 1 infinite, 2 finite (of float32), 3 false (of uint8).
 */
export function classify(property: number, input: number, out: number, length: number): void;

export function columnSums(matrix: number, rows: number, columns: number, out: number): void;

/**
 * `operation`: 0 is `conv2d` of (input, filter), with `bias` where that is not 0; 1 its gradient by the input, of
 * (gradient by the output, filter); 2 its gradient by the filter, of (input, gradient by the output); 3, 4 and 5 the same
 * of depthwise convolutions. For `geometry` see [`read_geometry`].
 */
export function convolution(operation: number, geometry: Uint32Array | number[], first: number, second: number, bias: number, relu: boolean, out: number): void;

/**
 * `dimensions` holds a size, the stride in `from` and the stride in `to` for each dimension.
 */
export function copyStrided(bytes: number, dimensions: Int32Array | number[], from: number, from_length: number, from_first: number, to: number, to_length: number, to_first: number): void;

export function covariance(samples: number, count: number, features: number, out: number): void;

export function effectiveWeights(p: number, weights: number, out: number, length: number): void;

export function fill(bytes: number, value: number, to: number, length: number): void;

export function fillNormal(seed: number, stream: string, first: number, out: number, length: number): void;

export function fillUniform(seed: number, stream: string, first: number, out: number, length: number): void;

export function gather(bytes: number, batches: number, outer: number, axis: number, inner: number, indices: number, from: number, index: number, to: number): void;

/**
 * `form`: 0 NN, 1 NT, 2 TN, 3 TT; see `hebblab_core::gemm::Form`. `bias` and `row_scale` are 0 where there is none;
 * `power` is 0 for no activation, 1 for the ReLU.
 */
export function gemm(form: number, rows: number, columns: number, inner: number, a: number, b: number, out: number, bias: number, row_scale: number, power: number): void;

export function inverseLpNormsOfBytes(pixels: number, count: number, size: number, p: number, scales: number): void;

/**
 * Writes coarse integers of effective weights, and projects what these leave of them.
 */
export function krotovHopfieldCoarse(inputs: number, hidden: number, dimensions: number, basis: number, defect: number, effective: number, bytes: number, units: number, coefficients: number, tails: number): void;

/**
 * `ranking`: 0 the whole product, 1 the screen, 2 the sieve. Returns max |dW|, how winners were found, and the
 * candidates, survivors and touched units.
 */
export function krotovHopfieldMinibatchStep(p: number, k: number, delta: number, radius: number, precision: number, inputs: number, hidden: number, learning_rate: number, count: number, samples: number, scales: number, weights: number, effective: number, winner: number, rival: number, ranking: number, quantised: number, units: number, dimensions: number, basis: number, defect: number, unit_coefficients: number, unit_tails: number, coarse_bytes: number, coarse_units: number, sample_coefficients: number, sample_tails: number): Float64Array;

/**
 * Projects rows of float32 values, or of bytes.
 */
export function krotovHopfieldProject(inputs: number, dimensions: number, basis: number, defect: number, count: number, rows: number, are_bytes: boolean, coefficients: number, tails: number): void;

/**
 * Returns how far the basis is from orthonormal.
 */
export function krotovHopfieldProjection(inputs: number, dimensions: number, basis: number): number;

export function krotovHopfieldScreen(inputs: number, hidden: number, effective: number, quantised: number, units: number): void;

export function krotovHopfieldSequentialStep(p: number, k: number, delta: number, radius: number, precision: number, inputs: number, hidden: number, learning_rate: number, count: number, samples: number, scales: number, weights: number, effective: number): void;

export function largestEigenpair(matrix: number, size: number, tolerance: number, max_iterations: number, vector: number): Float64Array;

/**
 * Bytes that are allocated now, buffers and workspaces together.
 */
export function liveBytes(): number;

export function lpNorms(matrix: number, rows: number, columns: number, p: number, out: number): void;

/**
 * `on` and `off` are the bits of the values, in their lowest byte where an element has one.
 */
export function oneHot(bytes: number, indices: number, count: number, depth: number, on: number, off: number, to: number): void;

export function permutation(seed: number, stream: string, out: number, length: number): void;

/**
 * `operation`: 0 is `maxPool` and 1 `avgPool` of (input); 2 the gradient of the former, of (gradient by the output,
 * input); 3 that of the latter, of (gradient by the output), and 4 the same divided by all places of the filter.
 */
export function pooling(operation: number, geometry: Uint32Array | number[], first: number, second: number, out: number): void;

/**
 * `reduction`: 0 sum, 1 mean, 2 product, 3 max, 4 min of float32; 5 argMax, 6 argMin to int32; 7 all, 8 any of uint8.
 */
export function reduce(reduction: number, outer: number, reduced: number, inner: number, input: number, out: number): void;

/**
 * Returns memory that one of the two gave for the same length.
 */
export function release(offset: number, byte_length: number): void;

/**
 * Frees what kernels keep between calls; they take it again when next needed.
 */
export function releaseWorkspaces(): void;

export function reluPower(values: number, length: number, power: number): void;

export function reluPowerBackward(preactivations: number, gradient: number, length: number, power: number): void;

/**
 * Each of `conditions` stands for as many neighbours as the output is longer. Elements have 4 bytes, or 1 where they are
 * bytes.
 */
export function select(are_bytes: boolean, condition: number, conditions: number, yes: number, no: number, out: number, length: number): void;

export function softmax(logarithm: boolean, rows: number, columns: number, input: number, out: number): void;

export function softmaxCrossEntropy(logits: number, labels: number, batch: number, classes: number, gradient_scale: number, losses: number, gradient: number): number;

export function spectralNorm(matrix: number, rows: number, columns: number, tolerance: number, max_iterations: number, right_vector: number): Float64Array;

/**
 * The matrix is overwritten.
 */
export function symmetricEigen(matrix: number, size: number, values: number, vectors: number): void;

/**
 * The matrix is overwritten.
 */
export function symmetricEigenvalues(matrix: number, size: number, values: number): void;

/**
 * Of the symmetric matrix [size, size] where `samples` is 0, else of the covariance of that many samples
 * [samples, size].
 */
export function topEigenpairs(input: number, samples: number, size: number, count: number, tolerance: number, max_iterations: number, values: number, vectors: number, residuals: number): Float64Array;

/**
 * Of floats, or of signed integers.
 */
export function topK(integers: boolean, from: number, rows: number, columns: number, k: number, values: number, indices: number): void;

/**
 * `function` is a place in the list below; `first` and `second` are its parameters where it has any.
 * `input` may be `out`.
 */
export function unary(_function: number, first: number, second: number, input: number, out: number, length: number): void;

export function winners(values: number, count: number, units: number, winner: number): void;

export function winnersAndRivals(values: number, count: number, units: number, k: number, winner: number, rival: number): void;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly adamStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number];
    readonly addRowBias: (a: number, b: number, c: number, d: number) => [number, number];
    readonly allocate: (a: number) => [number, number, number];
    readonly allocateUninitialised: (a: number) => [number, number, number];
    readonly batchedGemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number) => [number, number];
    readonly binary: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number) => [number, number];
    readonly bytesToFloats: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly cast: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly classify: (a: number, b: number, c: number, d: number) => [number, number];
    readonly columnSums: (a: number, b: number, c: number, d: number) => [number, number];
    readonly convolution: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number];
    readonly copyStrided: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly covariance: (a: number, b: number, c: number, d: number) => [number, number];
    readonly effectiveWeights: (a: number, b: number, c: number, d: number) => [number, number];
    readonly fill: (a: number, b: number, c: number, d: number) => [number, number];
    readonly fillNormal: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly fillUniform: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly gather: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number];
    readonly inverseLpNormsOfBytes: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly krotovHopfieldCoarse: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number];
    readonly krotovHopfieldMinibatchStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: number, w: number, x: number, y: number, z: number, a1: number) => [number, number, number, number];
    readonly krotovHopfieldProject: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly krotovHopfieldProjection: (a: number, b: number, c: number) => [number, number, number];
    readonly krotovHopfieldScreen: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly krotovHopfieldSequentialStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number) => [number, number];
    readonly largestEigenpair: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly liveBytes: () => number;
    readonly lpNorms: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly oneHot: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly permutation: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly pooling: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly reduce: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly release: (a: number, b: number) => [number, number];
    readonly releaseWorkspaces: () => void;
    readonly reluPower: (a: number, b: number, c: number) => [number, number];
    readonly reluPowerBackward: (a: number, b: number, c: number, d: number) => [number, number];
    readonly select: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly softmax: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly softmaxCrossEntropy: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly spectralNorm: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number, number];
    readonly symmetricEigen: (a: number, b: number, c: number, d: number) => [number, number];
    readonly symmetricEigenvalues: (a: number, b: number, c: number) => [number, number];
    readonly topEigenpairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number, number];
    readonly topK: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly unary: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly winners: (a: number, b: number, c: number, d: number) => [number, number];
    readonly winnersAndRivals: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
