import { DataError, type Normalisation } from '@hebblab/data';

/** How the inputs of a model were scaled: in its file, which may be anybody's. */
export function normalisationOf(operation: string, value: unknown, file: string): Normalisation {
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    if (value.kind === 'lp' && 'p' in value && typeof value.p === 'number') return { kind: 'lp', p: value.p };
    if (value.kind === 'divide' && 'by' in value && typeof value.by === 'number')
      return { kind: 'divide', by: value.by };
  }
  throw new DataError(
    `${operation}: expected the settings to hold a normalisation (lp or divide), got ${JSON.stringify(value)} in ${file}`,
  );
}
