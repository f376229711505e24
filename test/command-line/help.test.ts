import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bin,
  faultLines,
  hebblab,
  outcomeOf,
  repositoryRoot,
  temporaryFolder,
} from '../support/command-line.js';

const commands = ['run', 'train', 'evaluate', 'audit', 'spectrum', 'report', 'data', 'bench', 'info'];

describe('hebblab --help', () => {
  it('names every command and ends with 0', async () => {
    const { code, stdout, stderr } = await hebblab(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('fits 80 columns but for its examples', async () => {
    for (const command of commands) {
      const { stdout } = await hebblab([command, '--help']);
      const [described = ''] = stdout.split(/\n(?:Examples?:|Ctrl-C)/);
      expect(Math.max(...described.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it.each(commands)('shows an example of %s', async (command) => {
    const { code, stdout } = await hebblab([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\n  hebblab ${command}`));
    expect(await hebblab(['help', command])).toMatchObject({ code: 0, stdout });
  });

  it('says which exit code data verify ends with where a file differs', async () => {
    expect((await hebblab(['data', 'verify', '--help'])).stdout.replace(/\s+/g, ' ')).toContain(
      'exit code 1 where a file differs',
    );
  });
});

describe('hebblab with a wrong command line', () => {
  it('shows the help on stderr where no command is given', async () => {
    const { code, stdout, stderr } = await hebblab([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: hebblab');
  });

  it.each([
    { parameters: ['rnu'], fault: "hebblab: unknown command 'rnu'" },
    { parameters: ['run'], fault: "hebblab: missing required argument 'preset|config.json'" },
    { parameters: ['run', 'quick', '--sede', '1'], fault: "hebblab: unknown option '--sede'" },
    { parameters: ['run', 'quick', 'more'], fault: "hebblab: too many arguments for 'run'" },
    { parameters: ['run', 'quick', '--out'], fault: "hebblab: option '--out <dir>' argument missing" },
    { parameters: ['train', 'kh'], fault: "hebblab: required option '--dataset <name>' not specified" },
    { parameters: ['train'], fault: "hebblab: required option '--dataset <name>' not specified" },
    { parameters: ['audit'], fault: "hebblab: missing required argument 'file'" },
    { parameters: ['spectrum'], fault: "hebblab: missing required argument 'file'" },
    { parameters: ['report'], fault: "hebblab: missing required argument 'dir'" },
    { parameters: ['data', 'lst'], fault: "hebblab: unknown command 'lst'" },
    { parameters: ['info', '--variant'], fault: "hebblab: option '--variant <name>' argument missing" },
  ])('says "$fault" and points to the help', async ({ parameters, fault }) => {
    const outcome = await hebblab(parameters);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    const lines = faultLines(outcome);
    expect(lines[0]).toContain(fault);
    expect(lines.at(-1)).toMatch(/^\(hebblab.* --help shows options and examples\)$/);
  });

  it('suggests the option that was meant', async () => {
    expect((await hebblab(['run', 'quick', '--resum'])).stderr).toContain('Did you mean --resume?');
  });
});

describe('hebblab around its commands', () => {
  it('prints its version', async () => {
    const { version } = await import('../../packages/cli/package.json', { with: { type: 'json' } }).then(
      (module) => module.default,
    );
    expect(await hebblab(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('is found by npx at the root of the repository', async () => {
    const child = spawn('npx', ['--no-install', 'hebblab', '--version'], {
      cwd: repositoryRoot,
      shell: process.platform === 'win32',
    });
    expect(await outcomeOf(child)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('says how to build where it is not built', async () => {
    using folder = temporaryFolder();
    mkdirSync(path.join(folder.path, 'bin'));
    const copy = path.join(folder.path, 'bin', 'hebblab.mjs');
    copyFileSync(bin, copy);
    const outcome = await outcomeOf(spawn(process.execPath, [copy, '--help']));
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(faultLines(outcome)).toEqual([expect.stringContaining('npm start')]);
  });

  it.skipIf(process.platform === 'win32').each(['data list', 'run quick --print', '--help'])(
    'is quiet where the reader of %s closes the pipe',
    async (parameters) => {
      const piped = `{ "${process.execPath}" "${bin}" ${parameters}; echo "ended with $?" >&2; } | true`;
      expect((await outcomeOf(spawn('sh', ['-c', piped]))).stderr).toBe('ended with 0\n');
    },
  );
});
