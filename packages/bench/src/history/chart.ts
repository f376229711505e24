import { describeChanges, figureText, type Series } from './series.js';

const width = 720;
const rowHeight = 120;
const margin = { left: 16, right: 120, top: 34, bottom: 14 };

/** By the colour scheme of the reader, also where the drawing stands alone. */
const style =
  '.paper{fill:#fff}text{fill:#1f2328}.values{fill:none;stroke:#2a5d9f}.value{fill:#2a5d9f}.change{stroke:#b3261e}' +
  '@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}.values{stroke:#79b0f0}.value{fill:#79b0f0}.change{stroke:#ff8a80}}';

/**
 * Series below each other as an SVG document: a line through the values, each with its commit as a tooltip, and a
 * vertical line where the series changes.
 */
export function historyChart(series: readonly Series[]): string {
  const rows = series.map((one, row) => `<g transform="translate(0 ${row * rowHeight})">${drawn(one)}</g>`);
  const height = Math.max(1, series.length) * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Speed over time">
<style>${style}</style>
<rect width="${width}" height="${height}" class="paper"/>
${rows.join('\n')}
</svg>
`;
}

/** The chart as a page that needs nothing else, with each change in words. */
export function historyPage(series: readonly Series[]): string {
  const changes = series.flatMap((one) =>
    describeChanges(one).map((change) => `<li>${escaped(`${one.title}: ${change}`)}</li>`),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Speed over time</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; background: #fff; color: #1f2328 } div { overflow-x: auto } @media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3 } }</style>
<h1>Speed over time</h1>
${changes.length === 0 ? '<p>No series changes.</p>' : `<p>Changes, as E-divisive finds them:</p>\n<ul>\n${changes.join('\n')}\n</ul>`}
<div>
${historyChart(series)}</div>
</html>
`;
}

function drawn({ title, unit, points, changes }: Series): string {
  const values = points.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) =>
    rounded(
      margin.left + ((width - margin.left - margin.right) * (index + 0.5)) / Math.max(1, points.length),
    );
  const y = (value: number) => {
    const share = most > least ? (value - least) / (most - least) : 0.5;
    return rounded(rowHeight - margin.bottom - share * (rowHeight - margin.top - margin.bottom));
  };
  const edges = changes.map(({ index }) => (x(index - 1) + x(index)) / 2);
  const last = values.at(-1) ?? 0;
  return [
    `<text x="${margin.left}" y="20" font-weight="600">${escaped(title)}</text>`,
    ...edges.map(
      (edge) =>
        `<line x1="${edge}" x2="${edge}" y1="${margin.top - 6}" y2="${rowHeight - margin.bottom + 6}" class="change" stroke-dasharray="4 3"/>`,
    ),
    `<polyline class="values" stroke-width="1.5" points="${points.map(({ value }, index) => `${x(index)},${y(value)}`).join(' ')}"/>`,
    ...points.map(
      ({ value, commit, date }, index) =>
        `<circle cx="${x(index)}" cy="${y(value)}" r="2.5" class="value"><title>${escaped(`${commit.slice(0, 12)}, ${date}: ${figureText(value, unit)}`)}</title></circle>`,
    ),
    `<text x="${width - margin.right + 8}" y="${y(last) + 4}">${escaped(figureText(last, unit))}</text>`,
  ].join('\n');
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
