import * as v from 'valibot';

export const finiteNumber = v.pipe(v.number(), v.finite('expected a finite number'));
export const wholeNumber = v.pipe(v.number(), v.safeInteger('expected a whole number'));
export const count = v.pipe(wholeNumber, v.minValue(1));
export const positive = v.pipe(finiteNumber, v.gtValue(0));
export const atLeastZero = v.pipe(finiteNumber, v.minValue(0));
export const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
);

/** Objects told apart by `kind`. */
export function describedVariant<const Options extends v.VariantOptions<'kind'>>(
  text: string,
  options: Options,
) {
  return described(v.variant('kind', options), text);
}

/** A field with what it means; the JSON Schema and docs/run-configuration.md show the text. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(schema, v.description(text));
}
