import type { Dataset } from '@hebblab/data';
import { DataError } from '@hebblab/data';
import type { LearningRule, OpenModel, Penalty, Samples } from '@hebblab/models';
import type { Kernels } from '@hebblab/wasm';
import type { ModelConfig, RunConfig } from './config.js';

/** A model of the user's: how it is trained into the bytes of a file, and opened from them. */
export interface ModelExtension {
  /** Trains and returns the content of the model's file. The same context must give the same bytes. */
  train(context: ModelContext): Promise<Uint8Array>;
  /** Opens a file that `train` gave, with room for `capacity` samples at a time. */
  open(kernels: Kernels, file: Uint8Array, capacity: number): OpenModel;
}

/** What a model extension trains with. */
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

/** Refuses a configuration that names extensions which are not there. */
export function expectExtensions(config: RunConfig, extensions: Extensions): void {
  for (const model of Object.values(config.models)) expectModelExtensions(model, extensions);
}

function expectModelExtensions(model: ModelConfig, extensions: Extensions): void {
  switch (model.kind) {
    case 'local-learning':
      if (model.rule.kind === 'custom')
        extensionNamed('learning rule', extensions.learningRules, model.rule.name);
      return;
    case 'backpropagation':
      for (const penalty of model.penalties) {
        if (penalty.kind === 'custom') extensionNamed('penalty', extensions.penalties, penalty.name);
      }
      return;
    case 'custom':
      extensionNamed('model', extensions.models, model.name);
  }
}

/** An extension by its name, or an error that says which there are. */
export function extensionNamed<Extension>(
  what: string,
  extensions: Readonly<Record<string, Extension>> | undefined,
  name: string,
): Extension {
  if (extensions === undefined || !Object.hasOwn(extensions, name)) {
    const known = Object.keys(extensions ?? {}).join(', ') || 'none';
    throw new DataError(`run: expected an extension for the ${what} ${name}, got ${known}`);
  }
  return extensions[name] as Extension;
}
