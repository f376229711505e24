import { fetchBytes, loadSource, type ReadBytes, type WasmSource } from './source.js';
import { detectWasmFeatures, fastestVariant, type Variant, type WasmFeatures } from './variant.js';

type Glue = typeof import('../artefacts/simd128/hebblab.js');

/** An opened instance of the kernels: one WebAssembly memory and the functions that work in it. */
export interface Kernels {
  readonly variant: Variant;
  readonly features: WasmFeatures;
  /** Threads that kernels use; more than one comes with the threaded variants. */
  readonly threads: 1;
  /** The untyped calls below the functions of this package; not for use outside it. @internal */
  readonly raw: Glue;
  /** The linear memory; views of it detach when it grows. @internal */
  readonly linearMemory: WebAssembly.Memory;
  /** Counts the live arrays, so that workspaces can go with the last. @internal */
  readonly liveArrays: { count: number };
}

/** Which kernels are opened, and from where. */
export interface OpenOptions {
  /** `auto` takes the fastest that the engine accepts. Default `auto`. */
  readonly variant?: Variant | 'auto';
  /** Default: the file that the package carries. */
  readonly source?: WasmSource;
}

/** Bytes in use and bytes held; linear memory never shrinks. */
export interface MemoryUse {
  readonly liveBytes: number;
  readonly totalBytes: number;
}

/**
 * Opens the kernels. A second call in the same process, also from another copy of this package of the
 * same version, gives the same instance of a variant, so arrays can be passed between them.
 *
 * @throws where the engine lacks the variant, the file cannot be read, or a source is given for a variant
 * that is open already.
 * @example
 * const kernels = await openKernels({ variant: 'simd128' });
 */
export async function openKernels(options: OpenOptions = {}): Promise<Kernels> {
  const features = detectWasmFeatures();
  const variant = chooseVariant(options.variant ?? 'auto', features);
  const open = openInstances();
  const existing = open.get(variant);
  if (existing !== undefined) {
    if (options.source !== undefined) {
      throw new Error(
        `openKernels: expected no source for the open variant ${variant}, got another ${options.source.kind}`,
      );
    }
    return existing;
  }
  const opening = instantiate(variant, features, options.source ?? { kind: 'packaged' });
  open.set(variant, opening);
  opening.catch(() => open.delete(variant));
  return opening;
}

/**
 * Bytes that arrays and workspaces use now, and the size of the memory.
 *
 * @example
 * const { liveBytes } = memoryUse(kernels);
 */
export function memoryUse(kernels: Kernels): MemoryUse {
  return { liveBytes: kernels.raw.liveBytes(), totalBytes: kernels.linearMemory.buffer.byteLength };
}

/** The Node entry replaces how bytes are read. @internal */
export function setReadBytes(readBytes: ReadBytes): void {
  currentReadBytes = readBytes;
}

let currentReadBytes: ReadBytes = fetchBytes;

function chooseVariant(wanted: Variant | 'auto', features: WasmFeatures): Variant {
  if (wanted === 'auto') return fastestVariant(features);
  if (wanted !== 'simd128' && wanted !== 'relaxed') {
    throw new Error(`openKernels: expected variant auto, simd128 or relaxed, got ${String(wanted)}`);
  }
  const available = wanted === 'relaxed' ? features.relaxedSimd : features.simd128;
  if (!available) throw new Error(`openKernels: expected an engine that runs ${wanted}, got one without it`);
  return wanted;
}

async function instantiate(variant: Variant, features: WasmFeatures, source: WasmSource): Promise<Kernels> {
  const [glue, module] = await Promise.all([
    importGlue(variant),
    loadSource(variant, source, currentReadBytes),
  ]);
  const instance = await glue.default({ module_or_path: module }).catch((cause: unknown) => {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`openKernels: expected a WebAssembly module of ${variant}, got ${got}`, { cause });
  });
  return {
    variant,
    features,
    threads: 1,
    raw: glue,
    linearMemory: instance.memory,
    liveArrays: { count: 0 },
  };
}

function importGlue(variant: Variant): Promise<Glue> {
  return variant === 'relaxed'
    ? import('../artefacts/relaxed/hebblab.js')
    : import('../artefacts/simd128/hebblab.js');
}

/** Kept on the global object, so that two copies of this package share it. */
function openInstances(): Map<Variant, Promise<Kernels>> {
  const key = Symbol.for('@hebblab/wasm open instances, interface 1');
  const holder = globalThis as { [key]?: Map<Variant, Promise<Kernels>> };
  holder[key] ??= new Map();
  return holder[key];
}
