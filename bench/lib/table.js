import { peakName } from './measure.js';

/** One line about what the figures belong to. */
export function describeMachine({ node, v8, cpu, cores, threads, variants }) {
  return `Node ${node} (V8 ${v8}), ${cpu}, ${cores} cores, ${threads} thread used, ${variants.join(' and ')}`;
}

/**
 * A suite's results as text. The last columns are shares: of the peak of that variant, of the time of simd128, and of
 * the time that the case's part alone would take.
 *
 * @param {import('./measure.js').CaseResult[]} results
 */
export function resultTable(results) {
  const rows = results.map((result) =>
    result.state === 'failed'
      ? [result.name, result.variant, `failed: ${result.error}`]
      : [
          result.name,
          result.variant,
          milliseconds(result.median),
          `${milliseconds(result.p25)} - ${milliseconds(result.p75)}`,
          String(result.samples),
          rate(result),
          ofPeak(result, results),
          againstSimd128(result, results),
          ofPart(result, results),
          result.note ?? '',
        ],
  );
  return alignColumns([header, ...rows]);
}

const header = [
  'case',
  'variant',
  'median ms',
  'p25 - p75',
  'runs',
  'rate',
  'of peak',
  'speed-up',
  'part',
  '',
];

function rate({ median, flops, bytes, values }) {
  const perSecond = 1000 / median;
  if (flops !== undefined) return `${((flops * perSecond) / 1e9).toFixed(1)} GFLOP/s`;
  if (bytes !== undefined) return `${((bytes * perSecond) / 1e9).toFixed(1)} GB/s`;
  if (values !== undefined) return `${((values * perSecond) / 1e6).toFixed(1)} M/s`;
  return '';
}

function ofPeak(result, results) {
  if (result.flops === undefined) return '';
  const peak = find(results, peakName(result.precision), result.variant);
  if (peak === undefined || peak === result) return '';
  return percent(result.flops / result.median / (peak.flops / peak.median));
}

function againstSimd128(result, results) {
  const base = find(results, result.name, 'simd128');
  return base === undefined || base === result ? '' : `${(base.median / result.median).toFixed(2)} x`;
}

function ofPart(result, results) {
  const part = find(results, result.part, result.variant);
  return part === undefined ? '' : percent(part.median / result.median);
}

function find(results, name, variant) {
  return results.find(
    (result) => result.state === 'measured' && result.name === name && result.variant === variant,
  );
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

function milliseconds(value) {
  return value.toFixed(value < 10 ? 3 : 1);
}

function alignColumns(rows) {
  const widths = header.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 3).map((row) => row[column].length)),
  );
  const pad = (cell, column) =>
    column < 2 || column === header.length - 1 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
