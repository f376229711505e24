import { formatFixed, formatNumber, powerOfTenMarkup } from './number-format.js';

/**
 * Maps values of a domain to positions of a figure; the first value to `from`, the second to `to`.
 * 'counting' is linear, for counts and epochs: its ticks are whole numbers.
 */
export type Scale = {
  readonly kind: 'linear' | 'counting' | 'logarithmic';
  readonly domain: readonly [number, number];
  readonly from: number;
  readonly to: number;
};

/** A place on an axis; `label` is SVG markup. */
export type Tick = { readonly value: number; readonly label: string };

export function position(scale: Scale, value: number): number {
  const transform = scale.kind === 'logarithmic' ? Math.log10 : (number: number) => number;
  const start = transform(scale.domain[0]);
  const share = (transform(value) - start) / (transform(scale.domain[1]) - start);
  return scale.from + share * (scale.to - scale.from);
}

/** Labelled ticks at least `room` units apart. A linear axis labels multiples of `unit`. */
export function ticks(scale: Scale, room: number, unit = 1): Tick[] {
  const most = Math.max(2, Math.floor(Math.abs(scale.to - scale.from) / room));
  return scale.kind === 'logarithmic' ? logarithmicTicks(scale, most, room) : linearTicks(scale, most, unit);
}

/** The unlabelled marks at 2 to 9 times a power of ten, where decades are wide enough to show them. */
export function minorTicks(scale: Scale): number[] {
  if (scale.kind !== 'logarithmic') return [];
  const [low, high] = scale.domain;
  const decades = Math.log10(high / low);
  if (Math.abs(scale.to - scale.from) / decades < 30) return [];
  return multiples(scale, [2, 3, 4, 5, 6, 7, 8, 9]);
}

/** The thousand-power of ten in which an axis is best labelled: 1e-3 for values up to 0.003, else 1. */
export function axisUnit(largest: number): number {
  if (largest === 0 || (largest >= 0.01 && largest < 1e4)) return 1;
  return 10 ** (3 * Math.floor(Math.log10(largest) / 3));
}

/** A step of 1, 2 or 5 times a power of ten that divides `span` into at most `most` intervals. */
export function niceStep(span: number, most: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(span / most));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * magnitude * most >= span * (1 - 1e-9)) ?? 10;
  return factor * magnitude;
}

function linearTicks({ kind, domain: [low, high] }: Scale, most: number, unit: number): Tick[] {
  const nice = niceStep((high - low) / unit, most);
  const step = kind === 'counting' ? Math.max(1, nice) : nice;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const found: Tick[] = [];
  const tolerance = 1e-9;
  const first = Math.ceil(low / unit / step - tolerance);
  const last = Math.floor(high / unit / step + tolerance);
  // A step so small beside the domain that counting on does not move must not count for ever.
  for (let index = first; index <= last && found.length <= most; index++) {
    const label = index === 0 ? '0' : formatFixed(index * step, decimals);
    found.push({ value: index * step * unit, label });
  }
  return found;
}

function logarithmicTicks(scale: Scale, most: number, room: number): Tick[] {
  const [low, high] = scale.domain;
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  if (last - first < 1) return ticksWithinDecades(scale, room);
  const stride = Math.max(1, Math.ceil((last - first + 1) / most));
  const found: Tick[] = [];
  for (let exponent = Math.ceil(first / stride) * stride; exponent <= last; exponent += stride) {
    found.push({ value: 10 ** exponent, label: powerOfTenMarkup(exponent) });
  }
  return found;
}

/** Less than two powers of ten in sight would not tell the axis: label multiples of them, as many as fit. */
function ticksWithinDecades(scale: Scale, room: number): Tick[] {
  const candidates = DIGITS.map((digits) => multiples(scale, digits));
  const fitting = candidates.find((values) =>
    values.every((value, index) => {
      const previous = values[index - 1];
      return previous === undefined || Math.abs(position(scale, value) - position(scale, previous)) >= room;
    }),
  );
  return (fitting ?? []).map((value) => ({ value, label: formatNumber(value) }));
}

const DIGITS = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

function multiples({ domain: [low, high] }: Scale, digits: readonly number[]): number[] {
  const values: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    values.push(...digits.map((digit) => Number(`${digit}e${exponent}`)));
  }
  return values.filter((value) => value >= low && value <= high);
}
