import { DataError } from '@hebblab/data';

/**
 * Sets values in a configuration by path, as `--set models.kh.hidden=400` does. Values are read as JSON where they
 * are JSON, else as text. Only paths that exist can be set, so that a typing slip is seen.
 *
 * @param config a plain JSON value; not changed
 * @param assignments each `path.to.value=VALUE`
 * @throws DataError naming the path
 * @example
 * applyOverrides(preset, ['seed=2', 'models.kh.layer.epochs=100']);
 */
export function applyOverrides(config: unknown, assignments: readonly string[]): unknown {
  const changed: unknown = structuredClone(config);
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new DataError(`--set: expected key=value, got ${assignment}`);
    setAt(
      changed,
      assignment.slice(0, equals).split('.'),
      parseValue(assignment.slice(equals + 1)),
      assignment,
    );
  }
  return changed;
}

function setAt(root: unknown, path: readonly string[], value: unknown, assignment: string): void {
  let holder = root;
  path.forEach((key, depth) => {
    const place = path.slice(0, depth).join('.') || 'the top';
    if (!isIndexable(holder))
      throw new DataError(
        `--set ${assignment}: expected ${place} as the end of the path, got ${key} after it`,
      );
    const known = Object.keys(holder);
    if (!known.includes(key)) {
      throw new DataError(
        `--set ${assignment}: expected ${known.length === 0 ? 'no key' : `one of ${known.join(', ')}`} at ${place}, got ${key}`,
      );
    }
    if (depth === path.length - 1) holder[key] = value;
    else holder = holder[key];
  });
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isIndexable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
