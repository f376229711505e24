const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A series as one line of bars, from its smallest value to its largest; equal values are bars of middle height.
 *
 * @example
 * sparkline([1, 2, 3]); // '▁▅█'
 */
export function sparkline(series: readonly number[]): string {
  const [least, most] = [Math.min(...series), Math.max(...series)];
  return series
    .map((value) => {
      const share = most > least ? (value - least) / (most - least) : 0.5;
      return bars[Math.round(share * (bars.length - 1))];
    })
    .join('');
}
