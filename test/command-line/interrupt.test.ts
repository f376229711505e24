import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hebblab, outcomeOf, startHebblab, temporaryFolder } from '../support/command-line.js';
import { smallRun, writeConfig } from '../support/small-run.js';

/** Epochs that nobody waits for. */
const endless = 100_000;

/** Starts a command and resolves once its stderr has a line that matches. */
async function startUntil(parameters: readonly string[], cwd: string, seen: RegExp, env = {}) {
  const child = startHebblab(parameters, { cwd, env });
  const outcome = outcomeOf(child);
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (part) => {
      text += part;
      if (seen.test(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended before ${seen} was seen: ${text}`)));
  });
  return { child, outcome };
}

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('ends a run with a checkpoint, exit code 130 and the command that goes on', async () => {
    using folder = temporaryFolder();
    writeConfig(folder.path, smallRun(endless));
    const parameters = ['run', 'config.json', '--out', 'a run', '--seed', '3', '--set', 'attacks=[]'];
    const { child, outcome } = await startUntil(parameters, folder.path, /layer: epoch 1 of/);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    const command = /^ {2}(hebblab run .*)$/m.exec(stderr)?.[1];
    expect(command).toBe("hebblab run config.json --out 'a run' --seed 3 --set 'attacks=[]' --resume");
    const run = path.join(folder.path, 'a run');
    expect(existsSync(path.join(run, 'checkpoints', 'kh.layer.safetensors'))).toBe(true);
    expect(existsSync(path.join(run, 'results.json'))).toBe(false);

    const rows = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const next = new RegExp(`layer: epoch ${rows.length + 1} of`);
    const resumed = await startUntil([...parameters, '--resume'], folder.path, next);
    resumed.child.kill('SIGKILL');
    await resumed.outcome;
  });

  it('names npx where npm started the command, for it is not on the path then', async () => {
    using folder = temporaryFolder();
    writeConfig(folder.path, smallRun(endless));
    const env = { npm_command: 'exec' };
    const { child, outcome } = await startUntil(
      ['run', 'config.json', '--out', 'run'],
      folder.path,
      /epoch 1 of/,
      env,
    );
    child.kill('SIGINT');
    expect((await outcome).stderr).toContain('\n  npx hebblab run config.json --out run --resume');
  });

  it('ends the process at once when it comes twice', async () => {
    using folder = temporaryFolder();
    // One epoch of several seconds: batches of a single image.
    const slow = ['--set', 'models.kh.hidden=10000', '--set', 'models.kh.layer.batchSize=1'];
    writeConfig(folder.path, smallRun(2));
    const { child, outcome } = await startUntil(
      ['run', 'config.json', '--out', 'run', ...slow],
      folder.path,
      /loading/,
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGINT');
    const { code } = await outcome;
    expect({ code, signal: child.signalCode }).toEqual({ code: null, signal: 'SIGINT' });
    expect(existsSync(path.join(folder.path, 'run', 'checkpoints'))).toBe(false);
  });

  it('leaves no file of a model that is being trained', async () => {
    using folder = temporaryFolder();
    const { child, outcome } = await startUntil(
      [
        ...['train', 'kh', '--dataset', 'power-law-images-small', '--out', 'kh.safetensors'],
        ...['--set', 'hidden=20', '--set', `layer.epochs=${endless}`],
      ],
      folder.path,
      /layer: epoch 1 of/,
    );
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringContaining('hebblab: interrupted; no file is written'),
    });
    expect(folder.names()).toEqual([]);
  });
});

describe('a run whose progress nobody reads', () => {
  it('goes on to its end', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(20));
    const child = startHebblab(['run', config, '--out', 'run', '--set', 'attacks=[]'], { cwd: folder.path });
    child.stderr?.destroy();
    const { code } = await outcomeOf(child);
    expect(code).toBe(0);
    expect((await hebblab(['report', path.join(folder.path, 'run')])).code).toBe(0);
  });
});
