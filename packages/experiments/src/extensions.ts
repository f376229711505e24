import type { Dataset } from '@hebblab/data';
import { DataError } from '@hebblab/data';
import type { LearningRule, OpenModel, Penalty, Samples } from '@hebblab/models';
import type { Kernels } from '@hebblab/wasm';

/** A model of the user's: how it is trained into the bytes of a file, and opened from them. */
export interface ModelExtension {
  /** Trains and returns the content of the model's file. The same context must give the same bytes. */
  train(context: ModelContext): Promise<Uint8Array>;
  /** Opens a file that `train` gave, with room for `capacity` samples at a time. */
  open(kernels: Kernels, file: Uint8Array, capacity: number): OpenModel;
}

export interface ModelContext {
  readonly kernels: Kernels;
  readonly train: Samples;
  readonly seed: number;
  /** The `settings` of the model in the run configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** What a user adds without a fork, by the names that run configurations use. */
export interface Extensions {
  readonly datasets?: Readonly<Record<string, () => Promise<Dataset>>>;
  readonly learningRules?: Readonly<Record<string, LearningRule>>;
  readonly penalties?: Readonly<Record<string, Penalty>>;
  readonly models?: Readonly<Record<string, ModelExtension>>;
}

/** An extension by its name, or an error that says which there are. */
export function extensionNamed<Extension>(
  what: string,
  extensions: Readonly<Record<string, Extension>> | undefined,
  name: string,
): Extension {
  const found = extensions !== undefined && Object.hasOwn(extensions, name) ? extensions[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(extensions ?? {}).join(', ') || 'none';
    throw new DataError(`run: expected an extension for the ${what} ${name}, got ${known}`);
  }
  return found;
}
