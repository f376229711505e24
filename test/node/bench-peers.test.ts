// The table of docs/performance.md that pnpm bench:peers writes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pageWith, peersTable, withResults } from '../../bench/peers/docs.js';

const machine = {
  date: '2026-11-21',
  node: 'v20.20.2',
  cpu: 'a processor',
  cores: 2,
  load: 1.25,
  versions: {},
};
const ours = { name: 'hebblab relaxed, 2 threads', state: 'measured', median: 12.5 };
const done = (work: string, participants: object[]) => ({ work, what: `the ${work}`, participants, machine });

describe('the table of peers', () => {
  it('has a row for each work and a column for each library, with the load', () => {
    const works = [
      done('sum', [ours, { name: 'other', state: 'measured', median: 3.456 }]),
      done('product', [ours, { name: 'third', state: 'failed', note: 'it broke' }]),
    ];
    expect(peersTable(works).split('\n').slice(0, 4)).toEqual([
      '| milliseconds | hebblab relaxed, 2 threads | other | third | date | load |',
      '| --- | --: | --: | --: | --: | --: |',
      '| the sum | 13 | 3.46 | – | 2026-11-21 | 1.3 |',
      '| the product | 13 | – | failed | 2026-11-21 | 1.3 |',
    ]);
  });

  it('keeps the works that were not done', () => {
    const kept = [done('sum', []), done('product', [])];
    const works = withResults(kept, { ...machine, load: 9 }, [
      { work: 'product', what: 'the product', participants: [ours] },
    ]);
    expect(works.map(({ work, machine: { load } }) => [work, load])).toEqual([
      ['sum', 1.25],
      ['product', 9],
    ]);
  });

  it('is written between its marks, and is what the stored results say', () => {
    const read = (file: string) =>
      readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
    const { works } = JSON.parse(read('bench/peers/results.json'));
    const page = read('docs/performance.md');
    expect(pageWith(page, works)).toBe(page);
    expect(() => pageWith('no marks', works)).toThrow('expected <!-- bench:peers begins -->');
  });
});
