import { type Glue, importGlue } from './glue.js';
import { planThreads, startPool, type ThreadsReason } from './pool.js';
import { loadSource, type WasmSource } from './source.js';
import { detectWasmFeatures, fastestVariant, type Variant, type WasmFeatures } from './variant.js';

/** An opened instance of the kernels: one WebAssembly memory and the functions that work in it. */
export interface Kernels {
  readonly variant: Variant;
  readonly features: WasmFeatures;
  /** Threads that kernels use, the caller's among them. Results have the same bits for any number. */
  readonly threads: number;
  /** Whether that is what was asked for, or why there is only one. */
  readonly threadsReason: ThreadsReason;
  /** `failed`: a thread has failed, and every call is refused; `openKernels` opens a new instance. */
  readonly state: 'open' | 'failed' | 'disposed';
  /**
   * Ends the threads and closes the instance: it and its arrays refuse every call from then on. Other users of
   * the same instance in this process lose it too. Resolves when no thread is left.
   */
  dispose(): Promise<void>;
  /**
   * The untyped calls below the functions of this package; not for use outside it.
   *
   * @throws where the instance was disposed, or one of its threads has failed
   * @internal
   */
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
  /**
   * How many threads run the large kernels, from 1 to 64, or `auto`: as many as the machine runs at the same time.
   * More than one needs Node, or a worker of a page that is cross-origin isolated; elsewhere there is one, and
   * `threadsReason` says why. Default 1.
   */
  readonly threads?: number | 'auto';
  /** Default: the file that the package carries. A file built for threads where there are several. */
  readonly source?: WasmSource;
}

/** Bytes in use and bytes held; linear memory never shrinks. */
export interface MemoryUse {
  readonly liveBytes: number;
  readonly totalBytes: number;
}

/**
 * Opens the kernels. A second call in the same process, also from another copy of this package with the same
 * interface, gives the same instance of a variant, so arrays can be passed between them; one thread and several are
 * two instances.
 *
 * @throws where the engine lacks the variant, the file cannot be read, a source is given for a variant that is open
 * already, or it is open with another number of threads.
 * @example
 * const kernels = await openKernels({ variant: 'simd128', threads: 'auto' });
 */
export async function openKernels(options: OpenOptions = {}): Promise<Kernels> {
  const features = detectWasmFeatures();
  const variant = chooseVariant(options.variant ?? 'auto', features);
  const plan = planThreads(options.threads ?? 1);
  const start = { variant, features, source: options.source ?? { kind: 'packaged' as const } };
  if (plan.kind === 'one') return sharedInstance(variant, options, () => openOne(start, plan.reason));
  const kernels = await sharedInstance(`${variant}, threads`, options, () => openSeveral(start, plan.count));
  if (options.threads !== 'auto' && kernels.threads > 1 && kernels.threads !== plan.count) {
    throw new Error(
      `openKernels: expected ${kernels.threads} threads, as ${variant} is open with, got ${plan.count}; dispose of it first`,
    );
  }
  return kernels;
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

/** The open instance of this name, or a new one where there is none or it has failed. */
async function sharedInstance(
  name: InstanceName,
  options: OpenOptions,
  open: () => Promise<Kernels>,
): Promise<Kernels> {
  const instances = openInstances();
  const existing = instances.get(name);
  if (existing === undefined) {
    const opening = open();
    instances.set(name, opening);
    opening.catch(() => instances.delete(name));
    return opening;
  }
  const kernels = await existing;
  if (kernels.state !== 'open') {
    await kernels.dispose();
    if (instances.get(name) === existing) instances.delete(name);
    return sharedInstance(name, options, open);
  }
  if (options.source !== undefined) {
    throw new Error(
      `openKernels: expected no source for the open variant ${kernels.variant}, got another ${options.source.kind}`,
    );
  }
  return kernels;
}

interface Start {
  readonly variant: Variant;
  readonly features: WasmFeatures;
  readonly source: WasmSource;
}

async function openOne(start: Start, reason: ThreadsReason): Promise<Kernels> {
  const { variant, source } = start;
  const [glue, module] = await Promise.all([importGlue(variant), loadSource(variant, source)]);
  const { memory } = await glue.default({ module_or_path: module }).catch(refuseModule(variant));
  return kernelsOf(start, {
    glue,
    memory,
    threads: 1,
    reason,
    failure: () => undefined,
    end: async () => {},
  });
}

/** Where a pool cannot be, the kernels open on one thread. */
async function openSeveral(start: Start, count: number): Promise<Kernels> {
  const { variant, source } = start;
  const loaded = await loadSource(`${variant}-threads`, source);
  const module =
    loaded instanceof WebAssembly.Module
      ? loaded
      : await WebAssembly.compile(loaded).catch(refuseModule(variant));
  const pool = await startPool(variant, module, count);
  if (pool.kind === 'started') return kernelsOf(start, { ...pool, threads: count, reason: 'as asked' });
  return sharedInstance(variant, {}, () => openOne({ ...start, source: { kind: 'packaged' } }, pool.reason));
}

interface Opened {
  readonly glue: Glue;
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  readonly reason: ThreadsReason;
  failure(): string | undefined;
  end(): Promise<void>;
}

function kernelsOf({ variant, features }: Start, opened: Opened): Kernels {
  let disposed = false;
  return {
    variant,
    features,
    threads: opened.threads,
    threadsReason: opened.reason,
    get state() {
      if (disposed) return 'disposed';
      return opened.failure() === undefined ? 'open' : 'failed';
    },
    get raw() {
      if (disposed) throw new Error('kernels: expected an open instance, got one that was disposed of');
      const failure = opened.failure();
      if (failure !== undefined) {
        throw new Error(
          `kernels: expected every thread to run, got a failure of ${failure}; open them again`,
        );
      }
      return opened.glue;
    },
    linearMemory: opened.memory,
    liveArrays: { count: 0 },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await opened.end();
    },
  };
}

function chooseVariant(wanted: Variant | 'auto', features: WasmFeatures): Variant {
  if (wanted === 'auto') return fastestVariant(features);
  if (wanted !== 'simd128' && wanted !== 'relaxed') {
    throw new Error(`openKernels: expected variant auto, simd128 or relaxed, got ${String(wanted)}`);
  }
  const available = wanted === 'relaxed' ? features.relaxedSimd : features.simd128;
  if (!available) throw new Error(`openKernels: expected an engine that runs ${wanted}, got one without it`);
  return wanted;
}

function refuseModule(variant: Variant): (cause: unknown) => never {
  return (cause) => {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`openKernels: expected a WebAssembly module of ${variant}, got ${got}`, { cause });
  };
}

type InstanceName = Variant | `${Variant}, threads`;
type OpenInstances = Map<InstanceName, Promise<Kernels>>;

/** Kept on the global object, so that two copies of this package share it. */
function openInstances(): OpenInstances {
  const key = Symbol.for('@hebblab/wasm open instances, interface 2');
  const holder = globalThis as { [key]?: OpenInstances };
  holder[key] ??= new Map();
  return holder[key];
}
