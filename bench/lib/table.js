import { peakName } from './measure.js';

/** One line about what the figures belong to. */
export function describeMachine({ node, v8, cpu, cores, threads, variants }) {
  return `Node ${node} (V8 ${v8}), ${cpu}, ${cores} cores, threads: ${threads.join(' and ')}, ${variants.join(' and ')}`;
}

/**
 * A suite's results as text.
 *
 * @param {import('./measure.js').CaseResult[]} results
 * @param {'cpu' | 'wall'} clock that the times are of
 */
export function resultTable(results, clock) {
  const header = columns.map(({ title }) => (title === 'median' ? `${clock} ms` : title));
  const measured = results.filter(({ state }) => state === 'measured');
  const rows = measured.map((result) => columns.map(({ cell }) => cell(result, measured) ?? ''));
  const failures = results
    .filter(({ state }) => state === 'failed')
    .map(({ name, variant, error }) => `failed: ${name}, ${variant}: ${error}`);
  return [...alignColumns([header, ...rows]), ...failures].join('\n');
}

const columns = [
  { title: 'case', left: true, cell: ({ name }) => name },
  { title: 'variant', left: true, cell: ({ variant }) => variant },
  { title: 'threads', cell: ({ threads }) => String(threads) },
  { title: 'median', cell: ({ median }) => milliseconds(median) },
  { title: 'p25 - p75', cell: ({ p25, p75 }) => `${milliseconds(p25)} - ${milliseconds(p75)}` },
  { title: 'runs', cell: ({ samples }) => String(samples) },
  { title: 'rate', cell: rate },
  { title: 'of peak', cell: shareOfPeak },
  { title: 'over simd128', cell: overSimd128 },
  { title: 'over 1 thread', cell: overOneThread },
  { title: 'part', cell: shareOfPart },
  { title: '', left: true, cell: ({ note }) => note },
];

function rate({ median, flops, bytes, items }) {
  const perSecond = 1000 / median;
  if (flops !== undefined) return `${((flops * perSecond) / 1e9).toFixed(1)} GFLOP/s`;
  if (bytes !== undefined) return `${((bytes * perSecond) / 1e9).toFixed(1)} GB/s`;
  if (items !== undefined) return `${((items * perSecond) / 1e6).toFixed(1)} M/s`;
  return undefined;
}

/** Of the peak of the same variant and precision, measured in the same rounds; of as many as there are threads. */
function shareOfPeak(result, results) {
  if (result.flops === undefined) return undefined;
  const peak = find(results, { ...result, name: peakName(result.precision), threads: 1 });
  if (peak === undefined || peak === result) return undefined;
  return percent(result.flops / result.median / (result.threads * (peak.flops / peak.median)));
}

function overSimd128(result, results) {
  return speedUp(result, find(results, { ...result, variant: 'simd128' }));
}

function overOneThread(result, results) {
  return speedUp(result, find(results, { ...result, threads: 1 }));
}

function speedUp(result, base) {
  return base === undefined || base === result ? undefined : `${(base.median / result.median).toFixed(2)} x`;
}

/** How much of the case's time the case that is a part of it takes alone. */
function shareOfPart(result, results) {
  const part = find(results, { ...result, name: result.part });
  return part === undefined ? undefined : percent(part.median / result.median);
}

function find(results, { name, variant, threads }) {
  return results.find(
    (result) => result.name === name && result.variant === variant && result.threads === threads,
  );
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

function milliseconds(value) {
  return value.toFixed(value < 10 ? 3 : 1);
}

function alignColumns(rows) {
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  const align = (cell, index) =>
    columns[index].left ? cell.padEnd(widths[index]) : cell.padStart(widths[index]);
  return rows.map((row) => row.map(align).join('  ').trimEnd());
}
