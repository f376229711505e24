// The examples of the README and of --help, in the order in which a reader meets them.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bin, hebblab, outcomeOf, repositoryRoot, temporaryFolder } from '../support/command-line.js';

const readme = readFileSync(path.join(repositoryRoot, 'packages', 'cli', 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter((line) => line.startsWith('hebblab '));

/** Makes the trainings of an example a matter of seconds; everything else stays as it is written. */
function shortened(example: string): string {
  const settings = ['readout.epochs=2', 'layer.epochs=2', 'pruning={"kind":"none"}'];
  const sets = (prefix: string, names: readonly string[]) =>
    names.map((name) => ` --set '${prefix}${name}'`).join('');
  if (example.startsWith('hebblab train kh')) return `${example}${sets('', [...settings, 'hidden=150'])}`;
  if (!example.startsWith('hebblab run quick')) return example;
  const short = `${sets('models.kh.', settings)}${sets('', ['models.shlp.epochs=2', 'attacks=[]', 'measurements=[]'])}`;
  return example.replace('run quick', `run quick${short}`);
}

describe.skipIf(process.platform === 'win32')('the README of hebblab', () => {
  it('has examples that end with 0 one after the other', async () => {
    using folder = temporaryFolder();
    expect(examples.length).toBeGreaterThan(10);
    for (const example of examples) {
      const program = `hebblab() { "${process.execPath}" "${bin}" "$@"; }\n${shortened(example)}`;
      const child = spawn('sh', ['-c', program], { cwd: folder.path });
      expect({ example, ...(await outcomeOf(child)) }).toMatchObject({ example, code: 0 });
    }
  });

  it('names every command and every exit code of --help', async () => {
    const { stdout } = await hebblab(['--help']);
    const commands = [...stdout.matchAll(/^ {2}(\w+) {3,}/gm)].map(([, name = '']) => name);
    expect(commands).toContain('spectrum');
    for (const command of commands) expect(readme).toMatch(new RegExp(`^### .*\\b${command}\\b`, 'm'));
    const codes = /Exit codes: (.*)\./.exec(stdout)?.[1]?.match(/\d+/g) ?? [];
    expect(codes).toEqual(['0', '1', '2', '130']);
    for (const code of codes) expect(readme).toContain(`\n| ${code} | `);
  });
});
