// `npm test`: every suite whose tools are here. The others are said to be skipped; with HEBBLAB_REQUIRE=all, as in CI,
// or a list of suites in it, they fail instead. The last line counts over all suites.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findWasmtime } from '../bench/instructions/count.js';
import { findChromium, findPython, hasCommand, isRequired, isRequiredByName } from './lib/tools.js';
import { prepareWorkspace, root } from './lib/workspace.js';

const suites = [
  {
    name: 'lint',
    needs: present,
    run: () => countSteps(['npx', 'biome', 'check', '.'], ['npx', 'tsc', '-p', 'tsconfig.check.json']),
  },
  { name: 'node', needs: present, run: () => runVitest('node') },
  { name: 'conformance', needs: present, run: runConformance },
  { name: 'rust', needs: () => hasCommand('cargo') || 'no cargo found', run: runCargo },
  {
    name: 'rust format',
    mayLack: true,
    needs: () => hasCommand('cargo-fmt') || 'no cargo fmt found',
    run: () => countSteps(['cargo', 'fmt', '--all', '--check']),
  },
  {
    name: 'rust lint',
    mayLack: true,
    needs: () => hasCommand('cargo-clippy') || 'no cargo clippy found',
    run: () =>
      countSteps([
        ...['cargo', 'clippy', '--locked', '--package', 'hebblab-core', '--all-targets'],
        ...['--', '-D', 'warnings'],
      ]),
  },
  {
    name: 'wasm artefacts',
    needs: canBuildWasm,
    run: () => countSteps(['node', 'scripts/build-wasm.js', '--check']),
  },
  {
    name: 'browser',
    needs: () => findChromium() !== undefined || 'no chromium found',
    run: () => runVitest('browser'),
  },
  {
    name: 'python',
    needs: () => findPython() !== undefined || 'no python3 with numpy and safetensors found',
    run: () => runVitest('python'),
  },
  {
    name: 'instructions',
    needs: () => findWasmtime() !== undefined || 'no python3 with wasmtime found',
    run: () => countSteps(['node', 'bench/instructions/run.js']),
  },
  {
    name: 'packed',
    needs: () => isRequired('packed') || 'needs the package registry; HEBBLAB_REQUIRE=packed runs it',
    run: () => runVitest('packed'),
  },
];

prepareWorkspace();
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const { name, needs, run, mayLack = false } of suites) {
  const reason = needs();
  // The Rust that CI installs has neither formatter nor linter: `all` does not ask for these, their names do.
  const required = mayLack ? isRequiredByName(name) : isRequired(name);
  if (reason !== true && !required) {
    console.log(`\n${name}: skipped, ${reason}`);
    continue;
  }
  console.log(`\n${name}:`);
  const counts =
    reason === true ? run() : { passed: 0, failed: 1, skipped: 0, failures: [`required, but ${reason}`] };
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  if (counts.failed === 0) continue;
  const told = counts.failures.length > 0 ? counts.failures : ['no test is named: see what it printed above'];
  failures.push(`${name}: ${counts.failed} failed`, ...told);
}
// Again, since what a suite printed is far above here.
if (failures.length > 0) console.log(`\n${failures.join('\n')}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);

function present() {
  return true;
}

function canBuildWasm() {
  return (
    spawnSync('node', ['scripts/build-wasm.js', '--can-build'], { cwd: root }).status === 0 ||
    'no Rust for wasm32 with wasm-pack and wasm-bindgen found'
  );
}

function countSteps(...steps) {
  const failed = steps.filter(([command, ...parameters]) => execute(command, parameters).status !== 0);
  const failures = failed.map((step) => step.join(' '));
  return { passed: steps.length - failed.length, failed: failed.length, skipped: 0, failures };
}

function runVitest(project) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hebblab-test-'));
  const file = path.join(folder, 'results.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = execute('npx', ['vitest', 'run', '--project', project, ...reporters]);
  const counts = existsSync(file)
    ? countsOf(JSON.parse(readFileSync(file, 'utf8')))
    : { passed: 0, failed: 1, skipped: 0, failures: [] };
  rmSync(folder, { recursive: true });
  // A file that cannot be loaded has no tests to fail.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function countsOf({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests,
    failures: testResults.flatMap(failuresOf),
  };
}

/** What failed in a file and why: a file that cannot be loaded has a message of its own. */
function failuresOf({ name, message, assertionResults }) {
  const file = path.relative(root, name);
  const tests = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${withoutRunner(failureMessages)}`);
  return message === '' ? tests : [`${file}\n${message}`, ...tests];
}

/** Messages whose stacks end where the program that runs the tests begins. */
function withoutRunner(messages) {
  const lines = messages.join('\n').split('\n');
  return lines.filter((line) => !/^ +at .*node_modules/.test(line)).join('\n');
}

function runConformance() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hebblab-conformance-'));
  const file = path.join(folder, 'results.json');
  const { status } = execute('node', ['test/conformance/run.js', file]);
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 1, pending: 0, failures: [] };
  rmSync(folder, { recursive: true });
  // Something beside the specs may have failed, or there were none.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  const { passed, failed, pending, failures } = counts;
  return { passed, failed, skipped: pending, failures };
}

function runCargo() {
  const { status, stdout } = execute(
    'cargo',
    ['test', '--locked', '--no-fail-fast', '--package', 'hebblab-core'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  process.stdout.write(stdout);
  const counts = { passed: 0, failed: 0, skipped: 0, failures: failuresOfCargo(stdout) };
  for (const [, passed, failed, ignored] of stdout.matchAll(
    /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** What each failed test printed first: of a property the reason and the beginning of its counterexample. */
function failuresOfCargo(stdout) {
  const blocks = stdout.matchAll(/^---- (.+) stdout ----\n([\s\S]*?)(?=\n---- |\n\nfailures:\n)/gm);
  return Array.from(
    blocks,
    ([, test, printed]) => `${test}\n${printed.trim().split('\n').slice(0, 8).join('\n')}`,
  );
}

function execute(command, parameters, options = {}) {
  return spawnSync(command, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
}
