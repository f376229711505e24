import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { DataError, type Dataset } from '@hebblab/data';
import { writeFileAtomically } from '@hebblab/data/files';
import * as v from 'valibot';
import { type RunConfig, runConfigSchema } from './config.js';
import { readJson } from './read-json.js';
import type { ReusedModel } from './reuse.js';
import type { RunFolder } from './run-folder.js';

/** What the machine and the program are; given by the caller, who may run anywhere. */
export interface Environment {
  /** Version of the program. */
  readonly version: string;
  /** Commit that it was built from, or 'unknown'. */
  readonly commit: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
}

/** The content of manifest.json: what determines a run, and what it ran on. */
export interface Manifest {
  readonly schema: 1;
  readonly settings: RunConfig;
  readonly dataset: {
    readonly name: string;
    readonly origin: string;
    readonly train: number;
    readonly test: number;
    /** Of all pixels and labels: those of the training images, then those of the test images. */
    readonly sha256: string;
  };
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  /** By label; absent in runs of earlier versions. */
  readonly classNames?: readonly string[];
  readonly variant: string;
  readonly threads: number;
  readonly environment: Environment;
  /** Models that were taken from other runs, by their names in files. */
  readonly reused?: Readonly<Record<string, ReusedModel>>;
}

export async function writeManifest(folder: RunFolder, manifest: Manifest): Promise<void> {
  await writeFileAtomically(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The manifest of a run's folder.
 *
 * @throws DataError where there is none or it is no JSON
 * @example
 * const { settings, variant } = await readManifest(runFolder('runs/quick'));
 */
export async function readManifest(folder: RunFolder): Promise<Manifest> {
  if (!existsSync(folder.manifest)) {
    throw new DataError(`readManifest: expected the folder of a run, got no manifest.json in ${folder.root}`);
  }
  const manifest = await readJson('readManifest', folder.manifest);
  if (!isManifest(manifest)) {
    throw new DataError(
      `readManifest: expected a manifest of schema 1, got another content in ${folder.manifest}`,
    );
  }
  return { ...manifest, settings: withDefaults(manifest.settings) };
}

/** Checks what readers of a manifest need of it; a run writes the rest together with it. */
function isManifest(value: unknown): value is Manifest {
  return (
    isRecord(value) &&
    value.schema === 1 &&
    isRecord(value.settings) &&
    isRecord(value.dataset) &&
    isRecord(value.environment) &&
    Array.isArray(value.imageShape) &&
    typeof value.variant === 'string'
  );
}

/** What a manifest says of the data set. */
export function describeImages(dataset: Dataset): Pick<Manifest, 'dataset' | 'imageShape'> {
  const { name, origin, train, test } = dataset;
  const hash = createHash('sha256');
  for (const { pixels, labels } of [train, test]) hash.update(pixels).update(labels);
  return {
    dataset: { name, origin, train: train.count, test: test.count, sha256: hash.digest('hex') },
    imageShape: train.shape,
  };
}

/** A run goes on only as what it began as: other settings or another variant would give other bits. */
export function expectSameRun(
  begun: Manifest,
  { settings, variant }: Pick<Manifest, 'settings' | 'variant'>,
): void {
  expectSame('the settings that the run began with', begun.settings, settings);
  if (begun.variant !== variant) {
    throw new DataError(
      `run --resume: expected the variant ${begun.variant} that the run began with, got ${variant}`,
    );
  }
}

/** Settings of an earlier version lack those that were added since, whose defaults are what it did. */
function withDefaults(settings: RunConfig): RunConfig {
  const parsed = v.safeParse(runConfigSchema, settings);
  return parsed.success ? parsed.output : settings;
}

/** Another version may train or measure otherwise, and half a run of each would be a run of neither. */
export function expectSameVersion({ environment }: Manifest, { version }: Environment): void {
  if (environment.version === version) return;
  throw new DataError(
    `run --resume: expected the version ${environment.version} of hebblab that the run began with, got ${version}`,
  );
}

/** Files of a data set may have been changed or exchanged under their name. */
export function expectSameImages(
  { dataset, imageShape }: Manifest,
  now: Pick<Manifest, 'dataset' | 'imageShape'>,
): void {
  expectSame('the images that the run began with', { dataset, imageShape }, now);
}

function expectSame(what: string, before: object, after: object): void {
  const changed = differences(before, JSON.parse(JSON.stringify(after)), '');
  if (changed.length === 0) return;
  const shown = changed.slice(0, mostShown).join(', ');
  const more = changed.length > mostShown ? ` and ${changed.length - mostShown} more` : '';
  throw new DataError(`run --resume: expected ${what}, got other ${shown}${more}`);
}

/** Differences that an error names. */
const mostShown = 5;

/** Where two JSON values differ, each as `path (was, is)`. */
function differences(before: unknown, after: unknown, at: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) {
    return [`${at || 'settings'} (${JSON.stringify(before)} then, ${JSON.stringify(after)} now)`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], at === '' ? key : `${at}.${key}`));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
