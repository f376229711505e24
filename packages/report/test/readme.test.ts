import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExamples, runExample } from '../../../test/support/readme-examples.js';
import { named, parseXml } from './helpers/xml.js';

const [example = '', ...others] = readExamples(new URL('../README.md', import.meta.url));

describe('the example of the README', () => {
  it('is the only one', () => {
    expect(others).toEqual([]);
  });

  it('writes a figure and a page that holds it', () => {
    runExample(example, ({ status, stderr, folder }) => {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const svg = readFileSync(path.join(folder, 'spectrum.svg'), 'utf8');
      expect(named(parseXml(svg), 'desc')).toHaveLength(1);
      expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain(svg);
    });
  });
});
