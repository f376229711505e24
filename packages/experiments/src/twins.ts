import type { RunConfig } from './config.js';

/** The model from which the audit of `model` transfers attacks, if there is one. */
export function twinOf({ measurements }: Pick<RunConfig, 'measurements'>, model: string): string | undefined {
  const audit = measurements.find(({ kind }) => kind === 'audit');
  return audit?.kind === 'audit' ? audit.twins[model] : undefined;
}
