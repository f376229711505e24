import { fail } from './check.js';
import { type Claim, drawClaims } from './claims.js';
import { type Comparison, drawComparison } from './comparison.js';
import { reportStyle } from './html-style.js';
import { drawCsvLink, drawTable, type ReportTable } from './html-table.js';
import { escapeText } from './text.js';

/** A figure of a report, with its caption. */
export type ReportFigure = {
  /** A figure of this package: a document that starts with <svg. */
  readonly svg: string;
  readonly caption: string;
  /** The figure's data, offered as a download that is inside the page. */
  readonly csv?: { readonly fileName: string; readonly text: string };
};

/** A part of a report under a heading: paragraphs, claims, figures, comparisons, tables. */
export type ReportSection = {
  readonly heading: string;
  /** Paragraphs of plain text. */
  readonly text: readonly string[];
  readonly figures: readonly ReportFigure[];
  readonly tables: readonly ReportTable[];
  /** Claims of a paper with their verdicts. */
  readonly claims?: readonly Claim[];
  /** Figures of the models beside those of others. */
  readonly comparisons?: readonly Comparison[];
};

/** A setting, or a fact about how the numbers came about. */
export type NamedValue = { readonly name: string; readonly value: string | number };

/** What {@link htmlReport} puts on the page, in its order. */
export type HtmlReport = {
  /** BCP 47 tag of the language of the texts: 'en'. */
  readonly language: string;
  readonly title: string;
  readonly subtitle: string;
  /** What a reader in a hurry should see. */
  readonly summary: readonly ReportTable[];
  readonly sections: readonly ReportSection[];
  /** The run's settings. */
  readonly settings: readonly NamedValue[];
  /** What made the numbers: version, commit, seed, variant, machine, time. */
  readonly provenance: readonly NamedValue[];
};

/**
 * Writes a report as one self-contained HTML file that opens from disk: figures and styles are inside, there are no
 * scripts, and a content security policy refuses anything external. Every text is escaped.
 *
 * @throws Error when a figure is not an SVG document, or a table's row has another length than its header
 * @example
 * const html = htmlReport({
 *   language: 'en', title: 'quick', subtitle: 'MNIST subset', summary: [],
 *   sections: [{ heading: 'Synapses', text: [], figures: [{ svg, caption: 'Learned synapses' }], tables: [] }],
 *   settings: [{ name: 'hidden', value: 100 }], provenance: [{ name: 'seed', value: 1 }],
 * });
 */
export function htmlReport(report: HtmlReport): string {
  const inline = figureInliner();
  return `<!doctype html>
<html lang="${escapeText(report.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeText(report.title)}</title>
<style>
${reportStyle}
</style>
</head>
<body>
<header>
<h1>${escapeText(report.title)}</h1>
<p class="subtitle">${escapeText(report.subtitle)}</p>
</header>
${drawContents(report.sections)}<main>
${report.summary.length === 0 ? '' : `<section aria-label="Summary">\n${report.summary.map(drawTable).join('\n')}\n</section>`}
${report.sections.map((section, index) => drawSection(section, index, inline)).join('\n')}
</main>
<footer>
${drawNamedValues('Settings', report.settings)}
${drawNamedValues('Provenance', report.provenance)}
</footer>
</body>
</html>
`;
}

function drawContents(sections: readonly ReportSection[]): string {
  if (sections.length < 2) return '';
  const items = sections.map(
    ({ heading }, index) => `<li><a href="#section-${index + 1}">${escapeText(heading)}</a></li>`,
  );
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>\n`;
}

function drawSection(section: ReportSection, index: number, inline: (svg: string) => string): string {
  const id = `section-${index + 1}`;
  const figures = section.figures.map((figure) => drawFigure(figure, inline));
  return [
    `<section id="${id}" aria-labelledby="${id}-heading">`,
    `<h2 id="${id}-heading">${escapeText(section.heading)}</h2>`,
    ...section.text.map((paragraph) => `<p>${escapeText(paragraph)}</p>`),
    section.claims === undefined ? '' : drawClaims(section.claims),
    figures.length === 0 ? '' : `<div class="figures">\n${figures.join('\n')}\n</div>`,
    ...(section.comparisons ?? []).map(drawComparison),
    ...section.tables.map(drawTable),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function drawFigure({ svg, caption, csv: data }: ReportFigure, inline: (svg: string) => string): string {
  const link = data === undefined ? '' : ` ${drawCsvLink(data.fileName, data.text)}`;
  return `<figure>\n${inline(svg)}<figcaption>${escapeText(caption)}${link}</figcaption>\n</figure>`;
}

/** Inlines figures and gives a repeated one ids of its own, since an id must be unique in a page. */
function figureInliner(): (svg: string) => string {
  const uses = new Map<string, number>();
  return (svg) => {
    const id = /^<svg [^>]*?\bid="([^"]+)"/.exec(svg)?.[1];
    if (id === undefined)
      fail('htmlReport', 'a figure that starts with <svg and has an id', svg.slice(0, 30));
    const count = (uses.get(id) ?? 0) + 1;
    uses.set(id, count);
    return count === 1 ? svg : svg.replaceAll(id, `${id}-${count}`);
  };
}

function drawNamedValues(heading: string, values: readonly NamedValue[]): string {
  if (values.length === 0) return '';
  return `<section>
<h2>${heading}</h2>
<div class="table" role="region" tabindex="0" aria-label="${heading}">
<table class="named-values">
<thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>
${values.map(({ name, value }) => `<tr><th scope="row">${escapeText(name)}</th><td>${escapeText(String(value))}</td></tr>`).join('\n')}
</tbody>
</table>
</div>
</section>`;
}
