import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultLines, hebblab, type Outcome, temporaryFolder } from '../support/command-line.js';
import { smallRun, writeConfig } from '../support/small-run.js';

const variant = ['--variant', 'simd128'];

describe('hebblab run CONFIG.json --json', () => {
  const folder = temporaryFolder();
  const out = path.join(folder.path, 'runs', 'first');
  const config = writeConfig(folder.path, smallRun(3));
  const parameters = ['run', config, '--out', out, ...variant, '--json'];
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await hebblab(parameters);
  });
  afterAll(() => folder[Symbol.dispose]());

  it('ends with 0 and prints the content of results.json alone on stdout', () => {
    expect(outcome.code).toBe(0);
    const results = JSON.parse(outcome.stdout);
    expect(results).toEqual(JSON.parse(readFileSync(path.join(out, 'results.json'), 'utf8')));
    expect(Object.keys(results.models)).toEqual(['kh', 'shlp']);
  });

  it('tells progress on stderr in plain lines without control characters', () => {
    expect(outcome.stderr).toContain('loading power-law-images-small; seed 1, variant simd128\n');
    expect(outcome.stderr).toMatch(/^shlp, network: epoch 3 of 3, /m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(outcome.stderr).not.toMatch(/[\r\u001b]/);
  });

  it('leaves the parts of a run and nothing half-written', () => {
    for (const file of [
      'manifest.json',
      'metrics.jsonl',
      'report.html',
      'models/kh.safetensors',
      'models/shlp.safetensors',
    ])
      expect(existsSync(path.join(out, file)), file).toBe(true);
    expect(existsSync(path.join(out, 'checkpoints'))).toBe(false);
  });

  it('gives the same again with --resume, without training again', async () => {
    const again = await hebblab([...parameters, '--resume']);
    expect(again).toMatchObject({ code: 0, stdout: outcome.stdout });
    expect(again.stderr).not.toContain('epoch');
  });

  it('refuses the folder without --resume', async () => {
    const refused = await hebblab(parameters);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([expect.stringContaining('expected an empty folder or --resume')]);
  });

  it('names the settings that differ where --resume is given with other ones', async () => {
    const refused = await hebblab([...parameters, '--resume', '--seed', '7']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([expect.stringContaining('got other seed (1 then, 7 now)')]);
  });

  it('refuses a manifest that is damaged', async () => {
    using copy = temporaryFolder();
    writeFileSync(path.join(copy.path, 'manifest.json'), 'null');
    const refused = await hebblab(['run', config, '--out', copy.path, '--resume']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([expect.stringContaining('expected a manifest of schema 1')]);
  });

  it('is shown beside another run by hebblab report', async () => {
    const other = path.join(folder.path, 'runs', 'second');
    const changes = ['--seed', '2', '--set', 'attacks=[]'];
    expect(await hebblab(['run', config, '--out', other, ...variant, ...changes])).toMatchObject({ code: 0 });
    const { code, stdout } = await hebblab(['report', 'runs/first', 'runs/second'], { cwd: folder.path });
    expect(code).toBe(0);
    const [header = '', , ...lines] = stdout.split('\n');
    for (const model of ['runs/first kh', 'runs/first shlp', 'runs/second kh', 'runs/second shlp'])
      expect(header).toContain(model);
    // The second run has no attack: a dash stands there, not a value of another column.
    expect(lines.find((line) => line.startsWith('median critical L2, FGSM'))).toMatch(/– +–$/);
    expect(stdout).toContain('Report: runs/second/report.html'.replaceAll('/', path.sep));
    const refused = await hebblab(['report', out, other, '--markdown', 'kept'], { cwd: folder.path });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([expect.stringContaining('expected one run, got 2')]);
  });

  it('is drawn again by hebblab report, byte for byte', async () => {
    const report = readFileSync(path.join(out, 'report.html'));
    writeFileSync(path.join(out, 'report.html'), '');
    const { code, stdout } = await hebblab(['report', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([{ folder: out, results: JSON.parse(outcome.stdout) }]);
    expect(readFileSync(path.join(out, 'report.html')).equals(report)).toBe(true);
  });

  it('is written by hebblab report as a page to keep, with its figures, settings and hashes', async () => {
    using folder = temporaryFolder();
    const { code, stdout } = await hebblab(['report', out, '--markdown', 'kept'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toContain('Markdown: kept');
    const kept = path.join(folder.path, 'kept');
    const page = readFileSync(path.join(kept, 'README.md'), 'utf8');
    const figures = Array.from(page.matchAll(/\]\((figures\/[^)]+)\)/g), ([, file = '']) => file);
    expect(figures.length).toBeGreaterThan(3);
    for (const file of figures) expect(readFileSync(path.join(kept, file), 'utf8')).toMatch(/^<svg /);
    const model = readFileSync(path.join(out, 'models', 'kh.safetensors'));
    expect(page).toContain(createHash('sha256').update(model).digest('hex'));
    const manifest = (root: string) => readFileSync(path.join(root, 'manifest.json'), 'utf8');
    expect(manifest(kept)).toBe(manifest(out));
    expect(await hebblab(['report', out, '--markdown', 'kept'], { cwd: folder.path })).toMatchObject({
      code: 0,
    });
  });

  it.each([
    { place: '', got: 'expected a path, got an empty one' },
    { place: 'file', got: 'expected a folder, got the file file' },
    { place: '.', got: 'expected a folder without a README.md of another kind, got .' },
    { place: out, got: 'expected a folder without a manifest.json of another kind' },
  ])('leaves files that are not of a page as they are: $got', async ({ place, got }) => {
    using folder = temporaryFolder();
    const [readme, file] = [path.join(folder.path, 'README.md'), path.join(folder.path, 'file')];
    writeFileSync(readme, 'mine');
    writeFileSync(file, 'mine');
    const refused = await hebblab(['report', out, '--markdown', place], { cwd: folder.path });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([expect.stringContaining(got)]);
    expect([readme, file].map((each) => readFileSync(each, 'utf8'))).toEqual(['mine', 'mine']);
  });

  it.each([
    { damage: '{', got: 'expected JSON' },
    { damage: '{"schema":1,"models":{"kh":{}},"claims":[]}', got: 'models.kh.accuracy' },
  ])('is not drawn where its results are $damage, nor is a run beside it', async ({ damage, got }) => {
    using copy = temporaryFolder();
    copyFileSync(path.join(out, 'manifest.json'), path.join(copy.path, 'manifest.json'));
    writeFileSync(path.join(copy.path, 'results.json'), damage);
    const report = path.join(out, 'report.html');
    const before = readFileSync(report);
    writeFileSync(report, 'untouched');
    const outcome = await hebblab(['report', out, copy.path]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)).toEqual([expect.stringContaining(got)]);
    expect(readFileSync(report, 'utf8')).toBe('untouched');
    writeFileSync(report, before);
  });
});

describe('hebblab run --print', () => {
  it('prints a configuration that run takes and prints again', async () => {
    using folder = temporaryFolder();
    const printed = await hebblab(['run', 'quick', '--seed', '5', '--set', 'models.kh.hidden=30', '--print']);
    expect(JSON.parse(printed.stdout)).toMatchObject({ seed: 5, models: { kh: { hidden: 30 } } });
    const file = path.join(folder.path, 'mine.json');
    writeFileSync(file, printed.stdout);
    expect(await hebblab(['run', file, '--print'])).toEqual(printed);
  });

  it('prints a configuration that run carries out', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const printed = await hebblab(['run', config, '--set', 'attacks=[]', '--print']);
    writeFileSync(config, printed.stdout);
    const outcome = await hebblab(['run', config, '--out', 'run'], { cwd: folder.path });
    expect(outcome.code).toBe(0);
    const manifest = JSON.parse(readFileSync(path.join(folder.path, 'run', 'manifest.json'), 'utf8'));
    expect(manifest.settings).toEqual(JSON.parse(printed.stdout));
  });
});

describe('hebblab run --resume without a configuration', () => {
  it('goes on with the settings that are in the folder, and refuses others', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const begin = [
      'run',
      config,
      '--out',
      'run',
      '--seed',
      '5',
      '--variant',
      'simd128',
      '--set',
      'attacks=[]',
    ];
    expect((await hebblab(begin, { cwd: folder.path })).code).toBe(0);
    const resume = ['run', '--out', 'run', '--resume'];
    expect((await hebblab(resume, { cwd: folder.path })).code).toBe(0);
    const refused = await hebblab([...resume, '--seed', '6'], { cwd: folder.path });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('seed (5 then, 6 now)') });
    expect((await hebblab(['run', '--out', 'run'], { cwd: folder.path })).code).toBe(2);
  });
});

describe('hebblab run with wrong input', () => {
  it('says of a kind that was set without its settings how to set both', async () => {
    const outcome = await hebblab(['run', 'quick', '--set', 'models.kh.pruning.kind=threshold', '--print']);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(`--set 'models.kh.pruning={"kind":"threshold", ...}' sets all of them`);
  });

  it.each([
    {
      parameters: ['quikc'],
      sentence: 'or a .json file, got quikc',
    },
    {
      parameters: ['constructor'],
      sentence: 'or a .json file, got constructor',
    },
    { parameters: ['missing.json'], sentence: 'expected a file, got nothing at missing.json' },
    { parameters: ['folder.json'], sentence: 'expected a file, got a folder at folder.json' },
    { parameters: ['broken.json'], sentence: 'expected JSON in broken.json' },
    { parameters: ['quick', '--set', 'bad=1'], sentence: '--set bad=1: expected one of schema, name' },
    { parameters: ['quick', '--set', 'models.kh.hiden=1'], sentence: 'at models.kh, got hiden' },
    { parameters: ['quick', '--set', 'seed'], sentence: '--set: expected key=value, got seed' },
    { parameters: ['quick', '--set', 'dataset=mnits'], sentence: 'expected one of mnist, fashion-mnist' },
    { parameters: ['quick', '--set', 'models.kh.hidden=99999999'], sentence: 'models.kh.hidden of at most' },
    {
      parameters: ['quick', '--set', 'spectra.noiseSamples=99999999'],
      sentence: 'spectra.noiseSamples of at',
    },
    { parameters: ['quick', '--set', 'normalisation.p=1000'], sentence: 'expected p small enough' },
    { parameters: ['quick', '--seed', '-1'], sentence: '--seed: expected a whole number from 0' },
    { parameters: ['quick', '--seed', '1.5'], sentence: 'got 1.5' },
    { parameters: ['quick', '--seed', '9007199254740993'], sentence: 'got 9007199254740993' },
    { parameters: ['quick', '--threads', '0'], sentence: '--threads: expected auto or a whole number' },
    { parameters: ['quick', '--threads', '65'], sentence: 'from 1 to 64, got 65' },
    { parameters: ['quick', '--threads', 'all'], sentence: 'from 1 to 64, got all' },
    { parameters: ['quick', '--variant', 'foo'], sentence: '--variant: expected auto, simd128 or relaxed' },
    {
      parameters: ['quick', '--checkpoint-seconds', 'x'],
      sentence: '--checkpoint-seconds: expected a whole',
    },
    { parameters: ['quick', '--plugin', 'missing.js'], sentence: 'expected a module, got nothing' },
    {
      parameters: ['quick', '--plugin', 'broken.mjs'],
      sentence: 'expected a module that loads, got SyntaxError',
    },
    { parameters: ['quick', '--plugin', 'empty.mjs'], sentence: 'expected a default export with extensions' },
    {
      parameters: ['quick', '--plugin', 'typo.mjs'],
      sentence: 'expected objects named datasets, learningRules',
    },
    { parameters: ['custom.json'], sentence: 'expected an extension for the learning rule mine, got none' },
    { parameters: ['quick', '--out', ''], sentence: '--out: expected a path, got an empty one' },
    { parameters: ['quick', '--out', 'file'], sentence: 'expected a folder or nothing at file, got a file' },
    { parameters: ['quick', '--out', 'file/run'], sentence: 'expected a path inside a folder, got file/run' },
    { parameters: ['quick', '--out', 'other'], sentence: 'got other with note.txt in it' },
    { parameters: ['quick', '--out', 'other', '--resume'], sentence: 'got other with note.txt in it' },
  ])('$parameters: one sentence, exit code 2, nothing written', async ({ parameters, sentence }) => {
    using folder = temporaryFolder();
    const rule = { kind: 'custom', name: 'mine', p: 3, radius: 1 };
    const { models, ...rest } = smallRun(2);
    const files = {
      'broken.json': '{"schema": 1,',
      'broken.mjs': 'export default {',
      'empty.mjs': '',
      'typo.mjs': 'export default { learningRule: {} };',
      'custom.json': JSON.stringify({ ...rest, models: { kh: { ...models.kh, rule } } }),
      file: '',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder.path, name), text);
    for (const name of ['folder.json', 'other']) mkdirSync(path.join(folder.path, name));
    writeFileSync(path.join(folder.path, 'other', 'note.txt'), '');
    const before = folder.names();
    const out = parameters.includes('--out') ? [] : ['--out', 'run'];
    const outcome = await hebblab(['run', ...parameters, ...out], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    const faults = faultLines(outcome).filter((line) => !line.startsWith('nothing to go on with'));
    expect(faults).toEqual([expect.stringMatching(/^hebblab: /)]);
    expect(faults[0]).toContain(sentence);
    expect(folder.names()).toEqual(before);
  });

  it('asks for --out', async () => {
    expect(await hebblab(['run', 'quick'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'hebblab: run: expected --out with the folder of the run, got none\n',
    });
  });

  it('lists every fault of a configuration, a line each', async () => {
    using folder = temporaryFolder();
    const { models, ...rest } = smallRun(2);
    const shlp = { ...models.shlp, hidden: -1, epoch: 3 };
    const config = writeConfig(folder.path, { ...rest, seed: 'one', models: { ...models, shlp } });
    const outcome = await hebblab(['run', config, '--out', 'run'], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    const [headline, ...faults] = faultLines(outcome);
    expect(headline).toMatch(/^hebblab: run configuration: .* got 3 faults:$/);
    expect(faults.map((line) => line.trim().split(':')[0]).sort()).toEqual([
      'models.shlp.epoch',
      'models.shlp.hidden',
      'seed',
    ]);
    expect(folder.names()).toEqual(['config.json']);
  });

  it('says that --resume found nothing to go on with, and starts', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const parameters = ['run', config, '--out', 'run', '--resume', '--set', 'attacks=[]'];
    const { code, stderr } = await hebblab(parameters, { cwd: folder.path });
    expect(code).toBe(0);
    expect(stderr).toContain('nothing to go on with in run: the run starts at its beginning\n');
  });

  it('begins in a folder in which a run was killed while it wrote its first file, and clears that away', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const run = path.join(folder.path, 'run');
    mkdirSync(run);
    const half = '.manifest.json.0b9f2c1e-8d5a-4f0b-9a57-3c1d2e4f5a6b.part';
    writeFileSync(path.join(run, half), '{"sch');
    const parameters = ['run', config, '--out', run, '--resume', '--set', 'attacks=[]'];
    expect(await hebblab(parameters)).toMatchObject({ code: 0 });
    expect(existsSync(path.join(run, half))).toBe(false);
  });

  it('names model and epoch where a training diverges, which is a failure', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const change = ['--set', 'models.shlp.learningRate.value=1e20'];
    const outcome = await hebblab(['run', config, '--out', 'run', ...change], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(faultLines(outcome).at(-1)).toMatch(/^hebblab: shlp, network, epoch 1 of 2: .*expected finite/);
  });

  it('says what to change where the pruning threshold would prune every unit', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const change = ['--set', 'models.kh.pruning={"kind":"threshold","value":1e-9}'];
    const outcome = await hebblab(['run', config, '--out', 'run', ...change], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome).at(-1)).toMatch(/^hebblab: kh: .*train for more epochs, or set pruning/);
  });
});

describe('hebblab run --plugin', () => {
  it('gives a run the data set of a module', async () => {
    using folder = temporaryFolder();
    const images = `(split) => ({ name: 'dots', split, shape: [2, 2, 1], count: 20, classNames: ['even', 'odd'],
      pixels: Uint8Array.from({ length: 80 }, (_, i) => 1 + (i * 37) % 255), labels: Uint8Array.from({ length: 20 }, (_, i) => i % 2) })`;
    writeFileSync(
      path.join(folder.path, 'dots.mjs'),
      `const images = ${images};
export default { datasets: { dots: async () => ({ name: 'dots', origin: 'generated', train: images('train'), test: images('test') }) } };`,
    );
    // 4 inputs: the spectrum has 4 values.
    const spectra = { fitImages: [0, 4], fitNoise: [0, 4], noiseSamples: 100 };
    const config = writeConfig(folder.path, { ...smallRun(2), dataset: 'dots', spectra, attacks: [] });
    const parameters = ['run', config, '--plugin', 'dots.mjs', '--out', 'run', '--json'];
    const { code, stdout } = await hebblab(parameters, { cwd: folder.path });
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout).models)).toEqual(['kh', 'shlp']);
  });
});

describe('hebblab run --seeds and --reuse', () => {
  it('trains each model with several seeds, and takes them from another run', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const first = await hebblab(['run', config, '--seeds', '2', '--out', 'first', '--json'], {
      cwd: folder.path,
    });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).models.kh.perSeed).toHaveLength(2);
    const second = await hebblab(['run', config, '--out', 'second', '--reuse', 'first'], {
      cwd: folder.path,
    });
    expect(second.code).toBe(0);
    // The second run has one seed, the first of the other's.
    expect(second.stderr).toContain('kh: model and results taken from first');
    expect(second.stderr).not.toContain('epoch');
  });
});

describe('hebblab run --models and --reuse', () => {
  it('puts parts that kept no models together', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const at = { cwd: folder.path };
    for (const model of ['kh', 'shlp']) {
      const part = await hebblab(['run', config, '--models', model, '--out', model, '--json'], at);
      expect(Object.keys(JSON.parse(part.stdout).models)).toEqual([model]);
      rmSync(path.join(folder.path, model, 'models'), { recursive: true });
    }
    const whole = await hebblab(
      ['run', config, '--out', 'whole', '--reuse', 'kh', '--reuse', 'shlp', '--json'],
      at,
    );
    expect(whole.stderr).not.toContain('epoch');
    expect(Object.keys(JSON.parse(whole.stdout).models)).toEqual(['kh', 'shlp']);
    const page = readFileSync(path.join(folder.path, 'whole', 'report.html'), 'utf8');
    expect(page).toContain('Weights of kh, shlp were not kept and are not shown.');
  });

  it('refuses a name that is no model of the run', async () => {
    using folder = temporaryFolder();
    const config = writeConfig(folder.path, smallRun(2));
    const refused = await hebblab(['run', config, '--models', 'kh,mlp', '--out', 'out'], {
      cwd: folder.path,
    });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(refused)).toEqual([
      expect.stringContaining('run --models: expected some of kh, shlp, got mlp'),
    ]);
  });
});
