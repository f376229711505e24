// As much of JSON Schema (draft 7) as the published file uses. A keyword that is not known here is an error, so that
// nothing in the file goes unchecked.

type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['default', '$schema', 'title', 'description']);

/** Whether a value fits. */
export function fits(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, operand]) => {
    if (annotations.has(keyword)) return true;
    const check = checks[keyword];
    if (check === undefined) throw new Error(`expected a known keyword, got ${keyword}`);
    return check(operand, value, schema);
  });
}

const checks: Readonly<Record<string, (operand: unknown, value: unknown, schema: Schema) => boolean>> = {
  type: (type, value) => typeTests[String(type)]?.(value) ?? false,
  const: (expected, value) => expected === value,
  enum: (allowed, value) => (allowed as unknown[]).includes(value),
  anyOf: (options, value) => (options as Schema[]).some((option) => fits(option, value)),
  oneOf: (options, value) => (options as Schema[]).filter((option) => fits(option, value)).length === 1,
  properties: (properties, value) =>
    !isObject(value) ||
    Object.entries(properties as Record<string, Schema>).every(
      ([key, inner]) => !Object.hasOwn(value, key) || fits(inner, value[key]),
    ),
  required: (keys, value) => !isObject(value) || (keys as string[]).every((key) => Object.hasOwn(value, key)),
  additionalProperties(inner, value, { properties = {} }) {
    if (!isObject(value)) return true;
    const others = Object.keys(value).filter((key) => !Object.hasOwn(properties as object, key));
    return inner === false ? others.length === 0 : others.every((key) => fits(inner as Schema, value[key]));
  },
  propertyNames: (names, value) =>
    !isObject(value) || Object.keys(value).every((key) => fits(names as Schema, key)),
  items(items, value) {
    if (!Array.isArray(value)) return true;
    if (!Array.isArray(items)) return value.every((each) => fits(items as Schema, each));
    return items.every((item, at) => at >= value.length || fits(item as Schema, value[at]));
  },
  additionalItems: (allowed, value, { items }) =>
    allowed !== false || !Array.isArray(value) || value.length <= (items as unknown[]).length,
  minItems: (least, value) => !Array.isArray(value) || value.length >= Number(least),
  maxItems: (most, value) => !Array.isArray(value) || value.length <= Number(most),
  pattern: (pattern, value) => typeof value !== 'string' || new RegExp(String(pattern)).test(value),
  minimum: (least, value) => typeof value !== 'number' || value >= Number(least),
  exclusiveMinimum: (below, value) => typeof value !== 'number' || value > Number(below),
  exclusiveMaximum: (above, value) => typeof value !== 'number' || value < Number(above),
  maximum: (most, value) => typeof value !== 'number' || value <= Number(most),
};

const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
