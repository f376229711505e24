import { type Claim, type Comparison, claimsPage, comparisonTable, htmlReport } from '@hebblab/report';
import { describe, expect, it } from 'vitest';

const claim: Claim = {
  claim: 'KH is more robust than L2',
  source: 'arXiv 2405.00679, figure 2',
  findings: [
    {
      run: 'paper-a',
      verdict: 'holds',
      evidence: 'Under all three perturbations.',
      measures: [{ quantity: 'KH over L2', estimate: 1.17, interval: [1.11, 1.24], required: 'above 1' }],
    },
  ],
};

const comparison: Comparison = {
  caption: 'Median critical distance under FGSM (L2 norm)',
  runs: ['ours'],
  references: ['published', 'independent run'],
  difference: 'relative',
  rows: [
    { model: 'kh', measured: [{ value: 0.132 }], references: [0.12, 0.11] },
    { model: 'l2', measured: [null], references: [0.104, null] },
  ],
};

const page = {
  language: 'en',
  title: 'Claims',
  subtitle: 'one seed',
  text: ['How verdicts come about.'],
  claims: [claim],
  comparisons: [comparison],
  settings: [],
  provenance: [],
};

describe('claimsPage', () => {
  const html = claimsPage(page);

  it('begins with the verdicts at a glance', () => {
    expect(html).toContain('Verdicts: 1 hold');
    expect(html).toMatch(
      /<th scope="row">1\. KH is more robust than L2<\/th><td><span class="verdict good">/,
    );
  });

  it('states the claim, where it is made, the verdict as a sign and a word, the evidence and the interval', () => {
    expect(html).toContain(
      '<p class="claim">KH is more robust than L2 <span class="source">(arXiv 2405.00679, figure 2)</span></p>',
    );
    expect(html).toContain(
      '<span class="verdict good"><span aria-hidden="true">✓</span>\u00a0holds</span> Under all three perturbations.',
    );
    expect(html).toContain('<td>1.11\u00a0to\u00a01.24</td><td>above 1</td>');
  });

  it('puts several runs side by side', () => {
    const findings = [
      ...claim.findings,
      { run: 'paper-a-short', verdict: 'undecided', evidence: 'Too few images.' } as const,
    ];
    const both = claimsPage({ ...page, claims: [{ ...claim, findings }] });
    expect(both).toContain('Verdicts: 1 hold, 1 undecided');
    expect(both).toMatch(
      /<th scope="col"><span class="whole">paper-a<\/span><\/th><th scope="col"><span class="whole">paper-a-short/,
    );
    expect(both).toContain('<span class="run">paper-a-short:</span> <span class="verdict open">');
  });

  it('keeps out of a run that says nothing about a claim', () => {
    const other = {
      claim: 'PGD is near FGSM',
      findings: [{ run: 'other', verdict: 'fails', evidence: '' }],
    } as const;
    expect(claimsPage({ ...page, claims: [claim, other] })).toMatch(
      /2\. PGD is near FGSM<\/th><td>–<\/td><td><span class="verdict bad">/,
    );
  });

  it('is the same as a section of any report', () => {
    const section = { heading: 'Claims', text: [], figures: [], tables: [], claims: [claim] };
    const report = htmlReport({ ...page, summary: [], sections: [section] });
    const list = (text: string) => /<ol class="claims">.*?<\/ol>/s.exec(text)?.[0];
    expect(list(report)).toBe(list(html));
  });

  it('escapes every text', () => {
    const markup = `<b>&"'</b>`;
    const finding = {
      run: markup,
      verdict: 'fails',
      evidence: markup,
      measures: [{ quantity: markup, estimate: 1, required: markup }],
    } as const;
    const escaped = claimsPage({
      ...page,
      text: [markup],
      claims: [{ claim: markup, source: markup, findings: [finding] }],
      comparisons: [{ ...comparison, caption: markup, runs: [markup], references: [markup, markup] }],
    });
    expect(escaped).not.toContain('<b>');
  });

  it('refuses a claim without a finding, two findings of a run, and an estimate outside its interval', () => {
    const [finding] = claim.findings;
    const measure = { quantity: 'ratio', estimate: 2, interval: [0, 1] } as const;
    const refused: [Claim['findings'], string][] = [
      [[], `expected at least one element in findings of 'KH is more robust than L2', got none`],
      [
        finding === undefined ? [] : [finding, finding],
        `expected a different name for each of findings of 'KH is more robust than L2', got 'paper-a' twice`,
      ],
      [
        [{ run: 'a', verdict: 'holds', evidence: '', measures: [measure] }],
        'expected the estimate of ratio within its interval, got 2 outside [0, 1]',
      ],
    ];
    for (const [findings, message] of refused) {
      expect(() => claimsPage({ ...page, claims: [{ ...claim, findings }] })).toThrow(
        new Error(`claims: ${message}`),
      );
    }
  });
});

describe('comparisonTable', () => {
  it('puts each reference beside the value, with the difference in per cent', () => {
    // 0.132 is 10 % above 0.12 and 20 % above 0.11.
    expect(comparisonTable(comparison)).toEqual({
      caption: comparison.caption,
      columns: [
        'model',
        'ours',
        'published',
        'ours − published',
        'independent run',
        'ours − independent run',
      ],
      rows: [
        ['kh', 0.132, 0.12, '+10.0\u00a0%', 0.11, '+20.0\u00a0%'],
        ['l2', null, 0.104, null, null, null],
      ],
    });
  });

  it('gives differences in the unit of the quantity, and intervals in brackets, with the digits of the column', () => {
    const table = comparisonTable({
      ...comparison,
      caption: 'Test accuracy',
      references: ['published'],
      difference: 'absolute',
      rows: [
        { model: 'kh', measured: [{ value: 0.47, interval: [0.465, 0.4761] }], references: [0.472] },
        { model: 'l2', measured: [{ value: 0.523, interval: [0.518, 0.529] }], references: [0.519] },
      ],
    });
    expect(table.rows).toEqual([
      ['kh', '0.470\u00a0[0.465,\u00a00.476]', 0.472, '\u22120.002'],
      ['l2', '0.523\u00a0[0.518,\u00a00.529]', 0.519, '+0.004'],
    ]);
  });

  it('refuses rows that do not fit the columns', () => {
    const rows = [{ model: 'kh', measured: [], references: [1, 1] }];
    expect(() => comparisonTable({ ...comparison, rows })).toThrow(
      new Error('comparisonTable: expected runs and values measured of kh of the same length, got 1 and 0'),
    );
  });
});
