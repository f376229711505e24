import { type HtmlReport, htmlReport } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { figures } from './helpers/figures.js';

const MARKUP = `<b>&"'</b>`;
const svg = figures.accuracyBars?.('Accuracy', 'KH') ?? '';

const report: HtmlReport = {
  language: 'en',
  title: 'quick',
  subtitle: 'MNIST subset',
  summary: [
    {
      caption: 'Models',
      columns: ['model', 'alpha'],
      rows: [
        ['KH', 2.67],
        ['initialised', null],
      ],
    },
  ],
  sections: [
    { heading: 'Accuracy', text: ['One paragraph.'], figures: [{ svg, caption: 'Bars' }], tables: [] },
    { heading: 'Again', text: [], figures: [{ svg, caption: 'The same bars' }], tables: [] },
  ],
  settings: [{ name: 'hidden', value: 100 }],
  provenance: [{ name: 'seed', value: 1 }],
};

describe('htmlReport', () => {
  const html = htmlReport(report);

  it('is one file: no script, no link to anything outside, and a policy that refuses it', () => {
    const outside = html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
    expect(outside).not.toMatch(/https?:|<script|<link|@import|\ssrc=|\son\w+=|url\((?!#)/i);
    expect(
      [...outside.matchAll(/href="([^"]*)"/g)].every(([, address]) => /^(#|data:)/.test(address ?? '')),
    ).toBe(true);
    expect(html).toContain(`default-src 'none'`);
  });

  it('names its language, its title, and every table head with its scope', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<title>quick</title>');
    expect(html).toMatch(/<th scope="col">model<\/th><th scope="col" class="number">alpha<\/th>/);
    expect(html).toContain('<tr><th scope="row">KH</th><td class="number">2.67</td></tr>');
    expect(html).not.toMatch(/<th(?! scope)[ >]/);
  });

  it('has a table of settings and one of provenance', () => {
    expect(html).toContain('<tr><th scope="row">hidden</th><td>100</td></tr>');
    expect(html).toContain('<tr><th scope="row">seed</th><td>1</td></tr>');
  });

  it('holds each figure with its caption and text alternative', () => {
    expect(html.match(/<figure>\n<svg [^>]*role="img" aria-labelledby="/g)).toHaveLength(2);
    expect(html).toContain('<figcaption>Bars</figcaption>');
    expect(html.match(/<desc id="[^"]+">Accuracy of 1 model: KH 0\.472/g)).toHaveLength(2);
  });

  it('has no id twice, even where a figure is', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    const styles = [...html.matchAll(/<style>#([\w-]+)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(styles).size).toBe(2);
    for (const style of styles) expect(ids).toContain(style);
  });

  it('links its contents to sections that exist', () => {
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets).toHaveLength(2);
    for (const target of targets) expect(html).toContain(`<section id="${target}"`);
  });

  it('is readable in dark, and light on paper', () => {
    expect(html).toContain('@media screen and (prefers-color-scheme:dark)');
    expect(html).toContain('@media print');
  });

  it('escapes every text', () => {
    const table = { caption: MARKUP, columns: [MARKUP, MARKUP], rows: [[MARKUP, MARKUP]] };
    const escaped = htmlReport({
      language: MARKUP,
      title: MARKUP,
      subtitle: MARKUP,
      summary: [table],
      sections: [
        {
          heading: MARKUP,
          text: [MARKUP],
          figures: [{ svg, caption: MARKUP, csv: { fileName: MARKUP, text: MARKUP } }],
          tables: [table],
        },
        { heading: MARKUP, text: [], figures: [], tables: [] },
      ],
      settings: [{ name: MARKUP, value: MARKUP }],
      provenance: [{ name: MARKUP, value: MARKUP }],
    });
    expect(escaped).not.toContain('<b>');
    expect(escaped).not.toContain(`&"'`);
    expect(escaped).toContain('<h1>&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;</h1>');
  });

  it('offers the data of figures and tables as CSV inside the page', () => {
    const withData = htmlReport({
      ...report,
      sections: [
        {
          heading: 'Data',
          text: [],
          figures: [{ svg, caption: 'Bars', csv: { fileName: 'bars.csv', text: 'a,b\r\n1,"é\ud800"\r\n' } }],
          tables: [],
        },
      ],
    });
    const links = [...withData.matchAll(/download="([^"]+)" href="data:text\/csv;charset=utf-8,([^"]*)"/g)];
    expect(links.map(([, name, data]) => [name, decodeURIComponent(data ?? '')])).toEqual([
      ['models.csv', 'model,alpha\r\nKH,2.67\r\ninitialised,\r\n'],
      ['bars.csv', 'a,b\r\n1,"é\ufffd"\r\n'],
    ]);
  });

  it('shows numbers of a column with the same decimals and whole numbers whole', () => {
    const table = {
      caption: 'N',
      columns: ['model', 'epsilon', 'units'],
      rows: [
        ['KH', 0.123, 10000],
        ['L2', 0.1, 2000],
      ],
    };
    const shown = htmlReport({ ...report, summary: [table], sections: [] });
    const cells = [...shown.matchAll(/<td class="number">([^<]*)/g)].map(([, cell]) => cell);
    expect(cells).toEqual(['0.123', '10000', '0.100', '2000']);
  });

  it('has the same bytes for the same report', () => {
    expect(htmlReport(report)).toBe(html);
  });

  it('refuses rows of another length, and figures that are none', () => {
    const table = { caption: 'Models', columns: ['a', 'b'], rows: [['KH']] };
    expect(() => htmlReport({ ...report, summary: [table] })).toThrow(
      new Error('htmlReport: expected 2 cells in row 0 of Models, got 1'),
    );
    const section = { heading: '', text: [], figures: [{ svg: '<p>', caption: '' }], tables: [] };
    expect(() => htmlReport({ ...report, sections: [section] })).toThrow(
      new Error('htmlReport: expected a figure that starts with <svg and has an id, got <p>'),
    );
  });
});
