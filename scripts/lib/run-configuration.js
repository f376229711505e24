// The JSON Schema of run configurations and the tables of docs/run-configuration.md, both made from the valibot schema
// of @hebblab/experiments.
import { runConfigSchema } from '@hebblab/experiments';
import { toJsonSchema } from '@valibot/to-json-schema';

/** The file that editors check run configurations with. */
export const schemaFile = new URL(
  '../../packages/experiments/run-configuration.schema.json',
  import.meta.url,
);
/** The page whose tables are made here. */
export const documentFile = new URL('../../docs/run-configuration.md', import.meta.url);

/** What JSON Schema cannot say: numbers of JSON are finite, and checks between fields are left to hebblab. */
const leftOut = ['finite', 'check'];

/** The content of the JSON Schema file. */
export function makeSchemaFile() {
  const schema = toJsonSchema(runConfigSchema, { target: 'draft-07', ignoreActions: leftOut });
  return `${JSON.stringify({ ...schema, title: 'Run configuration of hebblab' }, null, 2)}\n`;
}

const begin = '<!-- tables: made by scripts/write-run-configuration.js -->';
const end = '<!-- end of tables -->';

/** The page with its tables made anew. */
export function makeDocument(page) {
  const [before, rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  const schema = JSON.parse(makeSchemaFile());
  const models = schema.properties.models.additionalProperties.oneOf;
  const sections = [
    ['The run', rowsOf(schema, '')],
    ...models.map((model) => [`A model of kind \`${model.properties.kind.const}\``, rowsOf(model, '')]),
    ['A learning rate', rowsOfVariant(learningRateOf(models), 'learningRate')],
  ];
  const tables = sections.map(([title, rows]) => `### ${title}\n\n${tableOf(rows)}`);
  return `${before}${begin}\n\n${tables.join('\n\n')}\n\n${end}${after}`;
}

function learningRateOf(models) {
  return models.map(({ properties }) => properties.learningRate).find((node) => node !== undefined);
}

function rowsOf(object, path) {
  return Object.entries(object.properties).flatMap(([key, node]) =>
    rowsOfNode(node, path === '' ? key : `${path}.${key}`, object.required?.includes(key) ?? false),
  );
}

/** A row for the node itself where it has a text, and rows for what is inside. */
function rowsOfNode(node, path, required) {
  const row = {
    path: required ? path : `${path} (optional)`,
    range: rangeOf(node),
    meaning: node.description,
  };
  // Has a table of its own.
  if (path.endsWith('learningRate')) return [row];
  if (node.oneOf !== undefined) return rowsOfVariant(node, path);
  if (node.properties !== undefined) return rowsOf(node, path);
  if (node.type === 'array' && !Array.isArray(node.items)) {
    const inside = rowsOfNode(node.items, `${path}.N`, true);
    return node.description === undefined ? inside : [row, ...inside];
  }
  return row.meaning === undefined ? [] : [row];
}

function rowsOfVariant(node, path) {
  const fields = node.oneOf.flatMap((option) => {
    const { kind, ...properties } = option.properties;
    return rowsOf({ ...option, properties }, `${path} (${kind.const})`);
  });
  return [{ path: `${path}.kind`, range: rangeOf(node), meaning: node.description }, ...fields];
}

function rangeOf(node) {
  if (node.const !== undefined) return `${node.const}`;
  if (node.enum !== undefined) return node.enum.join(', ');
  if (node.oneOf !== undefined) return node.oneOf.map(({ properties }) => properties.kind.const).join(', ');
  if (node.type === 'array')
    return Array.isArray(node.items) ? `[${node.items.map(rangeOf).join(', ')}]` : 'list';
  if (node.pattern !== undefined) return 'name: lower-case letters, digits, hyphens';
  const type = node.type === 'integer' ? 'whole number' : node.type;
  if (node.exclusiveMinimum !== undefined) return `${type} > ${node.exclusiveMinimum}`;
  if (node.minimum !== undefined) {
    const open = node.maximum === undefined || node.maximum === Number.MAX_SAFE_INTEGER;
    return open ? `${type} >= ${node.minimum}` : `${type} from ${node.minimum} to ${node.maximum}`;
  }
  return { string: 'text' }[node.type] ?? node.type;
}

function tableOf(rows) {
  const lines = rows.map(
    ({ path, range, meaning = '' }) => `| \`${path}\` | ${range} | ${meaning.replaceAll('|', '\\|')} |`,
  );
  return ['| Path | Range | Meaning, source |', '| --- | --- | --- |', ...lines].join('\n');
}
