import { type CaseResult, measuredOf, type RunResult, sizedOf } from './run-suites.js';

/** The forms in which other tools take figures. */
export type ExportFormat = 'github-action-benchmark' | 'bencher' | 'markdown';

export const exportFormats: readonly ExportFormat[] = ['github-action-benchmark', 'bencher', 'markdown'];

/**
 * A run as text for another tool: the `customSmallerIsBetter` JSON of github-action-benchmark, Bencher Metric Format
 * (latency in nanoseconds), or a Markdown table for a pull request.
 */
export function exportRun(run: RunResult, format: ExportFormat): string {
  const tasks = measuredOf(run.results).filter(({ role }) => role === 'task');
  const sizes = sizedOf(run.results);
  const titleOf = ({ suite, name, build }: CaseResult) => `${suite}: ${name}, ${build}`;
  if (format === 'github-action-benchmark') {
    const entries = tasks.map((task) => ({
      name: titleOf(task),
      unit: 'ms',
      value: task.milliseconds.estimate,
      range: `${task.milliseconds.low} - ${task.milliseconds.high}`,
      extra: task.rates.map(({ value, unit }) => `${value} ${unit}`).join('\n'),
    }));
    const ofSizes = sizes.map((size) => ({ name: titleOf(size), unit: 'bytes', value: size.bytes }));
    return `${JSON.stringify([...entries, ...ofSizes], null, 2)}\n`;
  }
  if (format === 'bencher') {
    const nanoseconds = (milliseconds: number) => milliseconds * 1e6;
    const entries = tasks.map((task) => {
      const { estimate, low, high } = task.milliseconds;
      const latency = {
        value: nanoseconds(estimate),
        lower_value: nanoseconds(low),
        upper_value: nanoseconds(high),
      };
      return [titleOf(task), { latency }] as const;
    });
    const ofSizes = sizes.map((size) => [titleOf(size), { 'file-size': { value: size.bytes } }] as const);
    return `${JSON.stringify(Object.fromEntries([...entries, ...ofSizes]), null, 2)}\n`;
  }
  const rows = tasks.map(({ suite, name, build, milliseconds, rates, shareOfCeiling }) => [
    `${suite}: ${name}`,
    build,
    milliseconds.estimate.toPrecision(4),
    `${milliseconds.low.toPrecision(4)} - ${milliseconds.high.toPrecision(4)}`,
    rates.map(({ value, unit }) => `${value.toPrecision(3)} ${unit}`).join(', '),
    shareOfCeiling === undefined ? '' : `${(100 * shareOfCeiling).toFixed(0)} %`,
  ]);
  for (const { suite, name, build, bytes } of sizes)
    rows.push([`${suite}: ${name}`, build, '', '', `${bytes} bytes`, '']);
  return markdownTable(['case', 'build', `${run.clock} ms`, 'interval', 'rate', 'of ceiling'], rows);
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
