// hebblab bench in a project of its own that has nothing to do with the kernels.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultLines, hebblab, temporaryFolder } from '../support/command-line.js';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
  writeFileSync(path.join(folder.path, file), text);
};
const git = (...parameters: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...parameters], {
    cwd: folder.path,
    stdio: 'pipe',
  });

/** A module whose sum of square roots has so many terms. */
const moduleSumming = (terms: number, name = 'sum') => `export function ${name}() {
  let sum = 0;
  for (let term = 0; term < ${terms}; term++) sum += Math.sqrt(term);
  return sum;
}
`;

beforeAll(() => {
  write('package.json', '{ "type": "module" }\n');
  write(
    'suites/sums.js',
    `export const question = 'How quickly are square roots added?';
export const cases = [{ name: 'sum', items: 1, run: ({ sum }) => sum() }];
`,
  );
  write('bench.config.js', "export default { suites: 'suites', files: ['src/sums.js'] };\n");
  write('src/sums.js', moduleSumming(20_000));
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Add up');
  git('tag', 'before');
});

const inProject = (...parameters: string[]) => hebblab(['bench', ...parameters], { cwd: folder.path });

describe('hebblab bench compare', () => {
  it('ends with 1 where something is slower than at a commit', async () => {
    write('src/sums.js', moduleSumming(40_000));
    const { code, stdout, stderr } = await inProject('compare', 'before', '--seconds', '4');
    expect(stdout).toMatch(/^sums: sum .* slower$/m);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'bench compare: expected nothing to be slower, larger or to fail, got sums: sum, files',
    );
  });

  it('compares two commits with each other, and writes JSON', async () => {
    git('commit', '--quiet', '--all', '-m', 'Add up more');
    const { code, stdout } = await inProject(
      ...[
        'compare',
        'HEAD',
        '--with',
        'before',
        '--seconds',
        '4',
        '--json',
        '--out',
        'figures.json',
        '--markdown',
        'figures.md',
      ],
    );
    expect(code).toBe(0);
    const printed = JSON.parse(stdout);
    expect(printed.cases).toMatchObject([
      { suite: 'sums', name: 'sum', build: 'files', state: 'compared', verdict: { kind: 'faster' } },
    ]);
    expect(JSON.parse(readFileSync(path.join(folder.path, 'figures.json'), 'utf8'))).toEqual(printed);
    expect(readFileSync(path.join(folder.path, 'figures.md'), 'utf8')).toMatch(
      /^\| case \|.*\n(\| --- ){8}\|\n\| sums: sum \| files \| .* \| faster \|\n$/,
    );
  });

  it('leaves no unpacked files behind', () => {
    expect(readdirSync(path.join(folder.path, 'node_modules/.cache/hebblab-bench'))).toEqual([]);
  });

  it('takes a file in the place of that of the same name', async () => {
    write('elsewhere/sums.js', moduleSumming(10_000));
    const { code, stdout } = await inProject('compare', 'elsewhere/sums.js', '--seconds', '4');
    expect(stdout).toMatch(/ slower$/m);
    expect(code).toBe(1);
  });

  it('tells a case that the base does not have from one that fails', async () => {
    write('elsewhere/sums.js', moduleSumming(10_000, 'other'));
    const isNew = await inProject('compare', 'elsewhere/sums.js', '--seconds', '1');
    expect(isNew).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('only now: sum is not a function'),
    });
    const fails = await inProject('compare', 'HEAD', '--with', 'elsewhere/sums.js', '--seconds', '1');
    expect(fails).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('failed: sum is not a function'),
    });
  });

  it('says not decided where the time is too short', async () => {
    const { code, stdout } = await inProject('compare', 'HEAD', '--seconds', '0.01');
    expect(code).toBe(0);
    expect(stdout).toContain('not decided: too few blocks');
  });

  it.each([
    [
      ['compare', 'nowhere'],
      'hebblab: bench: expected a commit, an artefact (.wasm, .js) or a stored result (.json), got nowhere',
    ],
    [['compare', 'gone.wasm'], 'hebblab: bench: expected an artefact, found nothing at '],
    [
      ['compare', 'HEAD', 'nothing'],
      'hebblab: bench: expected a filter that is part of "suite: case", got nothing; suites are sums',
    ],
    [['compare', 'HEAD', '--build', 'fast'], 'hebblab: --build: expected one of files, got fast'],
    [['compare', 'HEAD', '--seconds', '0'], 'hebblab: --seconds: expected a number above 0, got 0'],
    [['compare', 'HEAD', '--config', 'no.js'], 'hebblab: bench: expected a configuration, found nothing at '],
  ])('refuses %j with exit code 2', async (parameters, fault) => {
    const outcome = await inProject(...parameters);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toContain(fault);
  });

  it('refuses files that the commit does not have', async () => {
    write('later.config.js', "export default { suites: 'suites', files: ['src/later.js'] };\n");
    const outcome = await inProject('compare', 'HEAD', '--config', 'later.config.js');
    expect(outcome.code).toBe(2);
    expect(faultLines(outcome)[0]).toMatch(
      /expected src\/later\.js in commit [0-9a-f]{12}, found nothing there/,
    );
  });

  it.skipIf(process.platform === 'win32')('makes what is not committed, on both sides', async () => {
    const made = `export default {
  suites: 'suites',
  files: ['made/sums.js', 'src'],
  make: 'mkdir made && cp src/sums.js made',
};
`;
    write('made.config.js', made);
    const { code, stdout } = await inProject(
      ...['compare', 'before', '--with', 'HEAD', '--config', 'made.config.js', '--seconds', '4'],
    );
    expect(stdout).toMatch(/ slower$/m);
    expect(code).toBe(1);
    write('made.config.js', made.replace('mkdir made', 'echo cannot make it >&2; false'));
    const outcome = await inProject('compare', 'HEAD', '--config', 'made.config.js');
    expect(outcome.code).toBe(2);
    expect(faultLines(outcome)[0]).toMatch(/expected echo .* to succeed, got: cannot make it$/);
  });

  it('asks for a configuration where there is none', async () => {
    using empty = temporaryFolder();
    const outcome = await hebblab(['bench', 'compare', 'HEAD'], { cwd: empty.path });
    expect(outcome.code).toBe(2);
    expect(faultLines(outcome)[0]).toContain('expected bench.config.js in');
  });
});

describe('hebblab bench compare of WebAssembly, by suites of tinybench', () => {
  const project = temporaryFolder();
  afterAll(() => project[Symbol.dispose]());
  const put = (file: string, content: string | Uint8Array) => {
    mkdirSync(path.dirname(path.join(project.path, file)), { recursive: true });
    writeFileSync(path.join(project.path, file), content);
  };

  /** A module whose `run` counts down from a number that is given as signed LEB128. */
  const counting = (from: readonly number[]) =>
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x01, 4, 1, 0x60, 0, 0], // a type: () -> ()
      ...[0x03, 2, 1, 0], // a function of it
      ...[0x07, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0], // exported as "run"
      ...[0x0a, 21 + from.length, 1, 19 + from.length, 1, 1, 0x7f],
      ...[0x41, ...from, 0x21, 0], // local 0 = from
      ...[0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b], // until it is 0: local 0 -= 1
    ]);

  it('takes two lines of configuration', async () => {
    put('package.json', '{ "type": "module" }\n');
    put('bench.config.js', "export default { files: ['count.wasm'] };\n");
    put(
      'bench/counting.bench.js',
      "import { Bench } from 'tinybench';\nexport default ({ run }) => new Bench().add('count', () => run());\n",
    );
    mkdirSync(path.join(project.path, 'node_modules'));
    const tinybench = fileURLToPath(new URL('../../packages/bench/node_modules/tinybench', import.meta.url));
    symlinkSync(realpathSync(tinybench), path.join(project.path, 'node_modules', 'tinybench'));
    put('count.wasm', counting([0xa0, 0x9c, 0x01])); // 20000
    for (const parameters of [['init'], ['add', 'count.wasm'], ['commit', '-m', 'Count']])
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...parameters], {
        cwd: project.path,
        stdio: 'pipe',
      });
    put('count.wasm', counting([0xc0, 0xb8, 0x02])); // 40000
    const { code, stdout } = await hebblab(
      ['bench', 'compare', 'HEAD', '--seconds', '6', '--precision', '10'],
      {
        cwd: project.path,
      },
    );
    expect(stdout).toMatch(/^counting: count .* slower$/m);
    expect(code).toBe(1);
  });
});

describe('hebblab bench compare of a whole project', () => {
  // A workspace of two packages, one of which imports the other through a link in node_modules.
  const workspace = temporaryFolder();
  afterAll(() => workspace[Symbol.dispose]());
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(workspace.path, file)), { recursive: true });
    writeFileSync(path.join(workspace.path, file), text);
  };
  const inWorkspace = (...parameters: string[]) => hebblab(['bench', ...parameters], { cwd: workspace.path });
  const gitHere = (...parameters: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...parameters], {
      cwd: workspace.path,
      stdio: 'pipe',
    });

  beforeAll(() => {
    put('package.json', '{ "type": "module" }\n');
    put('.gitignore', 'node_modules\nmade\n');
    put('bench.config.js', "export default { suites: 'bench', make: 'node make.js' };\n");
    put(
      'make.js',
      "import { cpSync } from 'node:fs';\ncpSync('packages/sums/source.js', 'packages/sums/made/sums.js');\n",
    );
    put('packages/sums/package.json', '{ "name": "sums", "type": "module", "exports": "./made/sums.js" }\n');
    put('packages/sums/source.js', moduleSumming(20_000));
    put(
      'bench/sums.js',
      `import { sum } from 'sums';
export const cases = [
  { name: 'sum', items: 1, run: () => sum() },
  { name: 'bytes of the package', size: () => sum.toString().length },
];
`,
    );
    mkdirSync(path.join(workspace.path, 'node_modules'));
    symlinkSync(path.join('..', 'packages', 'sums'), path.join(workspace.path, 'node_modules', 'sums'));
    gitHere('init', '--quiet');
    gitHere('add', '.');
    gitHere('commit', '--quiet', '-m', 'Add up');
  });

  it('makes the base in a checkout whose links lead to its own packages', async () => {
    put('packages/sums/source.js', moduleSumming(60_000));
    const { code, stdout } = await inWorkspace('compare', 'HEAD', '--seconds', '30', '--precision', '20');
    expect(stdout).toMatch(/^sums: sum .* slower$/m);
    expect(stdout).toMatch(/^sums: bytes of the package .* same$/m);
    expect(code).toBe(1);
  });

  it('leaves no checkout behind', () => {
    expect(gitHere('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
  });

  it('says that the time was too short, and what a suite threw', async () => {
    const short = await inWorkspace('compare', 'HEAD', 'sums: sum', '--seconds', '0.1');
    expect(short.stdout).toContain('not decided: too few blocks');
    put(
      'bench/broken.js',
      "export const cases = [{ name: 'breaks', run() { throw new Error('it broke'); } }];\n",
    );
    const broken = await inWorkspace('compare', 'HEAD', 'broken', '--seconds', '1');
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('failed: it broke') });
    put('bench/broken.js', "throw new Error('it does not load');\n");
    const unread = await inWorkspace('compare', 'HEAD', 'broken');
    expect(unread).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(unread).at(-1)).toMatch(
      /expected the suite .*broken\.js to load, got it does not load$/,
    );
  });
});

describe('hebblab bench run', () => {
  it('measures, records and stores, and history and export read it', async () => {
    const parameters = ['run', 'sum', '--seconds', '0.2', '--out', 'run.json', '--record', '--json'];
    const { code, stdout, stderr } = await inProject(...parameters);
    expect({ code, lines: faultLines({ code, stdout, stderr }) }).toEqual({
      code: 0,
      lines: ['sums, files', expect.stringMatching(/^1 figures appended to .*history$/)],
    });
    const run = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(path.join(folder.path, 'run.json'), 'utf8'))).toEqual(run);
    expect(run).toMatchObject({
      schema: 1,
      kind: 'run',
      commit: git('rev-parse', 'HEAD').toString().trim(),
      changed: false,
      machine: { node: process.version },
      builds: [{ name: 'files', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), threads: 1 }],
      results: [{ suite: 'sums', name: 'sum', state: 'measured', rates: [{ unit: 'items/s' }] }],
    });
    expect(run.results[0].milliseconds.estimate).toBeGreaterThan(0);

    // Recording changes the history, which is no change of what is measured.
    git('add', 'bench/history');
    git('commit', '--quiet', '-m', 'Record');
    writeFileSync(path.join(folder.path, 'bench/history/sums.jsonl'), '');
    const again = await inProject('run', 'sum', '--seconds', '0.2', '--json');
    expect(JSON.parse(again.stdout).changed).toBe(false);
    git('checkout', '--', 'bench/history/sums.jsonl');

    writeFileSync(path.join(folder.path, 'bench/history/damaged.jsonl'), '{"schema":1\n');
    const history = await inProject('history', '--svg', 'history.svg', '--html', 'history.html');
    expect(history.code).toBe(0);
    expect(history.stdout).toMatch(/^sums: sum, files\n {2}▅ {2}[\d.]+ ms$/m);
    expect(history.stderr).toContain('warning: 1 damaged lines were skipped');
    expect(readFileSync(path.join(folder.path, 'history.svg'), 'utf8')).toMatch(/^<svg /);
    expect(readFileSync(path.join(folder.path, 'history.html'), 'utf8')).toContain('<svg ');

    const table = await inProject('export', 'markdown', 'run.json');
    expect(table.stdout).toContain('| sums: sum | files |');
  });

  it('compares with a stored run, and warns of what that means', async () => {
    const stored = JSON.parse(readFileSync(path.join(folder.path, 'run.json'), 'utf8'));
    stored.machine.cpu = 'another processor';
    for (const bound of ['estimate', 'low', 'high']) stored.results[0].milliseconds[bound] /= 4;
    write('other.json', JSON.stringify(stored));
    const { code, stdout, stderr } = await inProject('compare', 'other.json', '--seconds', '1');
    expect(stderr).toContain('warning: a stored run was measured at another time');
    expect(stderr).toMatch(/warning: the two runs are not alike: cpu another processor and /);
    expect(stdout).toMatch(/ slower$/m);
    expect(code).toBe(1);
  });

  it('ends with 1 where a case fails, and prints a table', async () => {
    write(
      'broken/fails.js',
      "export const cases = [{ name: 'fails', run() { throw new Error('broke'); } }];\n",
    );
    write('broken.config.js', "export default { suites: 'broken', files: ['src/sums.js'] };\n");
    const { code, stdout } = await inProject('run', '--config', 'broken.config.js');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fails: fails .* failed: broke$/m);
  });

  it.each([
    [['history', 'nothing'], 'bench history: expected recorded figures of nothing in'],
    [['export', 'excel', 'run.json'], "value 'excel' is invalid"],
    [['export', 'markdown', 'gone.json'], 'bench: expected a stored result, found nothing at'],
    [
      ['run', '--browser'],
      'expected the package playwright-core for --browser, found none; npm install --save-dev playwright-core',
    ],
    [['run', '--browser', '--threads', '2'], '--threads: expected 1 beside --browser, got 2'],
    [['run', '--threads', '0'], '--threads: expected a whole number from 1 on, got 0'],
    [['run', '--precision', 'x'], '--precision: expected a number above 0, got x'],
    [['compare', 'run.json', '--with', 'HEAD'], '--with: expected none beside a stored run, got HEAD'],
  ])('refuses %j with exit code 2', async (parameters, fault) => {
    const outcome = await inProject(...parameters);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(fault);
  });
});
