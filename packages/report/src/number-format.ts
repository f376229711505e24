/** A number for a label: at most `digits` significant digits, a true minus sign, no trailing zeros. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || magnitude < 1e-4) return withTrueMinus(formatExponential(value, digits));
  const rounded = Number(value.toPrecision(digits));
  // Counts keep every digit: 10000 units are not "1e4 units".
  const shown = Number.isInteger(value) ? value : rounded;
  return withTrueMinus(String(shown));
}

/** A measured value with its standard error, both to the decimals that the error's first digit has. */
export function formatWithError(value: number, standardError: number): string {
  const decimals = standardError > 0 ? Math.ceil(-Math.log10(standardError) - 1e-9) : 3;
  const shown = Math.min(5, Math.max(2, decimals));
  return `${withTrueMinus(value.toFixed(shown))} ± ${standardError.toFixed(shown)}`;
}

/** A number with a fixed count of decimals, so that a column of them lines up. */
export function formatFixed(value: number, decimals: number): string {
  return withTrueMinus(value.toFixed(decimals));
}

/** A power of ten as SVG markup with a raised exponent: no font needs superscript glyphs for it. */
export function powerOfTenMarkup(exponent: number): string {
  return `10<tspan dy="-5" font-size="10">${withTrueMinus(String(exponent))}</tspan>`;
}

/** A coordinate: two decimals are a hundredth of a pixel, and keep files small. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

function formatExponential(value: number, digits: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function withTrueMinus(text: string): string {
  return text.replaceAll('-', '\u2212');
}
