/* tslint:disable */
/* eslint-disable */

export function adamStep(learning_rate: number, beta1: number, beta2: number, epsilon: number, step: number, parameters: number, gradient: number, first_moment: number, second_moment: number, length: number): void;

export function addRowBias(matrix: number, rows: number, columns: number, bias: number): void;

/**
 * Reserves zeroed memory and returns its offset.
 */
export function allocate(byte_length: number): number;

export function bytesToFloats(pixels: number, scales: number, count: number, size: number, out: number): void;

export function columnSums(matrix: number, rows: number, columns: number, out: number): void;

export function covariance(samples: number, count: number, features: number, out: number): void;

export function effectiveWeights(p: number, weights: number, out: number, length: number): void;

export function fillNormal(seed: number, stream: string, first: number, out: number, length: number): void;

export function fillUniform(seed: number, stream: string, first: number, out: number, length: number): void;

/**
 * `form`: 0 NN, 1 NT, 2 TN; see `hebblab_core::gemm::Form`.
 */
export function gemm(form: number, rows: number, columns: number, inner: number, a: number, b: number, out: number): void;

export function inverseLpNormsOfBytes(pixels: number, count: number, size: number, p: number, scales: number): void;

/**
 * Returns max |dW|, 0 where the whole product ranked and 1 where the screen did, and the candidates of the screen.
 */
export function krotovHopfieldMinibatchStep(p: number, k: number, delta: number, radius: number, precision: number, inputs: number, hidden: number, learning_rate: number, count: number, samples: number, scales: number, weights: number, effective: number, winner: number, rival: number, quantised: number, units: number, uses_screen: boolean): Float64Array;

export function krotovHopfieldScreen(inputs: number, hidden: number, effective: number, quantised: number, units: number): void;

export function krotovHopfieldSequentialStep(p: number, k: number, delta: number, radius: number, precision: number, inputs: number, hidden: number, learning_rate: number, count: number, samples: number, scales: number, weights: number, effective: number): void;

export function largestEigenpair(matrix: number, size: number, tolerance: number, max_iterations: number, vector: number): Float64Array;

/**
 * Bytes that are allocated now, buffers and workspaces together.
 */
export function liveBytes(): number;

export function lpNorms(matrix: number, rows: number, columns: number, p: number, out: number): void;

export function permutation(seed: number, stream: string, out: number, length: number): void;

/**
 * Returns memory that `allocate` gave for the same length.
 */
export function release(offset: number, byte_length: number): void;

/**
 * Frees what kernels keep between calls; they take it again when next needed.
 */
export function releaseWorkspaces(): void;

export function reluPower(values: number, length: number, power: number): void;

export function reluPowerBackward(preactivations: number, gradient: number, length: number, power: number): void;

export function softmaxCrossEntropy(logits: number, labels: number, batch: number, classes: number, gradient_scale: number, losses: number, gradient: number): number;

export function spectralNorm(matrix: number, rows: number, columns: number, tolerance: number, max_iterations: number, right_vector: number): Float64Array;

/**
 * The matrix is overwritten.
 */
export function symmetricEigenvalues(matrix: number, size: number, values: number): void;

export function topEigenpairs(matrix: number, size: number, count: number, tolerance: number, max_iterations: number, values: number, vectors: number, residuals: number): Float64Array;

export function winners(values: number, count: number, units: number, winner: number): void;

export function winnersAndRivals(values: number, count: number, units: number, k: number, winner: number, rival: number): void;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly adamStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => void;
    readonly addRowBias: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly allocate: (a: number, b: number) => void;
    readonly bytesToFloats: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly columnSums: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly covariance: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly effectiveWeights: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly fillNormal: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly fillUniform: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly inverseLpNormsOfBytes: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly krotovHopfieldMinibatchStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => void;
    readonly krotovHopfieldScreen: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly krotovHopfieldSequentialStep: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number) => void;
    readonly largestEigenpair: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly liveBytes: () => number;
    readonly lpNorms: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly permutation: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly release: (a: number, b: number, c: number) => void;
    readonly releaseWorkspaces: () => void;
    readonly reluPower: (a: number, b: number, c: number, d: number) => void;
    readonly reluPowerBackward: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly softmaxCrossEntropy: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly spectralNorm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly symmetricEigenvalues: (a: number, b: number, c: number, d: number) => void;
    readonly topEigenpairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly winners: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly winnersAndRivals: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_add_to_stack_pointer: (a: number) => number;
    readonly __wbindgen_export: (a: number) => void;
    readonly __wbindgen_export2: (a: number, b: number) => number;
    readonly __wbindgen_export3: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_export4: (a: number, b: number, c: number) => void;
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
