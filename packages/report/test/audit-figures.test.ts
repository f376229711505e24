import { auditMatrix, remainingRobustness } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines, numeric } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

describe('auditMatrix', () => {
  const figure = {
    checks: ['zero gradients', 'transfer'],
    models: [
      { name: 'saturated', verdict: 'masked', outcomes: ['fail', 'pass'] },
      { name: 'vanilla', verdict: 'trustworthy', outcomes: ['pass', 'pass'] },
    ],
    title: 'Audit',
  } as const;
  const svg = parseXml(auditMatrix(figure));

  it('draws a mark for each check and one for the verdict', () => {
    const count = (className: string) =>
      findAll(svg, ({ name, attributes }) => name === 'path' && attributes.class === className).length;
    // Passed: 3 checks, 1 verdict, 1 in the key. Failed: 1 check, 1 verdict, 1 in the key.
    expect([count('stroke-0'), count('stroke-1')]).toEqual([5, 3]);
    expect(named(svg, 'text').map(textOf)).toEqual(
      expect.arrayContaining(['zero gradients', 'transfer', 'saturated: masked', 'vanilla: trustworthy']),
    );
  });

  it('draws the mark of a check in its row and in the column of its model', () => {
    const place = (text: string) => named(svg, 'text').find((one) => textOf(one) === text)?.attributes ?? {};
    const column = Number(/translate\(([\d.]+)/.exec(place('saturated: masked').transform ?? '')?.[1]);
    const row = Number(place('zero gradients').y) - 4.5;
    const crosses = findAll(svg, ({ attributes }) => attributes.class === 'stroke-1').map(
      ({ attributes }) => {
        const [, x, y] = /M([\d.]+) ([\d.]+)/.exec(attributes.d ?? '') ?? [];
        return [Number(x) + 4, Number(y) + 4];
      },
    );
    expect(crosses).toContainEqual([expect.closeTo(column, 1), expect.closeTo(row, 1)]);
  });

  it('says every verdict and what did not pass', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Audits of 2 models by 2 checks. saturated: masked (zero gradients: fail). vanilla: trustworthy, every check passed.',
    );
  });

  it('refuses a model without an outcome for a check', () => {
    const models = [{ name: 'a', verdict: 'masked', outcomes: ['fail'] }] as const;
    expect(() => auditMatrix({ ...figure, models })).toThrow(
      new Error('auditMatrix: expected checks and outcomes of a of the same length, got 2 and 1'),
    );
  });
});

describe('remainingRobustness', () => {
  const figure = {
    models: [{ name: 'saturated', apparent: 1, remaining: 0.5 }],
    budget: 'L∞ 0.1',
    attacks: ['FGSM', 'strongest attack'] as const,
    title: 'Real',
  };
  const svg = parseXml(remainingRobustness(figure));

  it('draws both accuracies on an axis from 0 to 1', () => {
    const columns = gridLines(svg, 'x');
    const [zero = 0, one = 0] = [columns[0], columns.at(-1)];
    const circles = findAll(svg, ({ name, attributes }) => name === 'circle' && attributes.r === '5');
    expect(circles.map((circle) => numeric(circle, 'cx'))).toEqual([
      expect.closeTo(one, 1),
      expect.closeTo((zero + one) / 2, 1),
    ]);
  });

  it('says both', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Accuracy within L∞ 0.1 under FGSM, and under strongest attack: saturated 1.000 to 0.500.',
    );
  });

  it('refuses an accuracy that is none', () => {
    const models = [{ name: 'a', apparent: 95, remaining: 0 }];
    expect(() => remainingRobustness({ ...figure, models })).toThrow(
      new Error(
        'remainingRobustness: expected numbers from 0 to 1 in the accuracies of a, got 95 at index 0',
      ),
    );
  });
});
