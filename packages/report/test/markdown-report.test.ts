import { type MarkdownReport, type MarkdownSection, markdownReport } from '@hebblab/report';
import { describe, expect, it } from 'vitest';

function pageOf(changes: Partial<MarkdownReport>): string[] {
  const page = markdownReport({
    title: 'A run',
    subtitle: 'Two models',
    summary: [],
    sections: [],
    provenance: [],
    ...changes,
  });
  return page.split('\n');
}

function sectionOf(changes: Partial<MarkdownSection>): MarkdownSection {
  return { heading: 'Results', text: [], figures: [], tables: [], ...changes };
}

describe('markdownReport', () => {
  it('writes tables with numbers to the right, the decimals of a column alike, and dashes for what is missing', () => {
    const lines = pageOf({
      summary: [
        {
          caption: 'Models.',
          columns: ['model', 'alpha'],
          rows: [
            ['kh', 1.25],
            ['shlp', 2],
            ['l2', null],
          ],
        },
      ],
    });
    const table = ['Models.', '', '| model | alpha |', '| --- | --: |', '| kh | 1.25 |', '| shlp | 2.00 |'];
    expect(lines).toEqual(expect.arrayContaining([...table, '| l2 | – |']));
  });

  it('lets no text of a cell end the cell or become markup', () => {
    const lines = pageOf({
      summary: [{ caption: '', columns: ['norm'], rows: [['|w|_1 <b>*x*\nnext']] }],
    });
    expect(lines).toContain('| \\|w\\|\\_1 \\<b\\>\\*x\\* next |');
  });

  it('links figures by their files', () => {
    const figures = [{ file: 'figures/a b.svg', caption: 'Spectra [of images]' }];
    expect(pageOf({ sections: [sectionOf({ figures })] })).toContain(
      '![Spectra of images](figures/a%20b.svg)',
    );
  });

  it('lists claims with verdict and evidence, and the numbers behind them by their places', () => {
    const claims = [
      {
        claim: 'Accuracy is kept',
        findings: [{ run: 'this', verdict: 'holds', evidence: 'Within 1 point.' }],
      },
      {
        claim: 'Robustness grows',
        findings: [
          {
            run: 'this',
            verdict: 'fails',
            evidence: 'It falls.',
            measures: [
              { quantity: 'difference', estimate: -0.1, interval: [-0.2, -0.05], required: 'above 0' },
            ],
          },
        ],
      },
    ] as const;
    const lines = pageOf({ sections: [sectionOf({ claims })] });
    expect(lines).toContain('1. Accuracy is kept — **holds**. Within 1 point.');
    expect(lines).toContain('2. Robustness grows — **fails**. It falls.');
    expect(lines).toContain('| 2 | difference | −0.1 | −0.2 to −0.05 | above 0 |');
  });

  it('refuses a row of another length than its header', () => {
    const summary = [{ caption: 'Models', columns: ['model', 'alpha'], rows: [['kh']] }];
    expect(() => pageOf({ summary })).toThrow('expected 2 cells in each row of Models, got 1');
  });
});
