import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rule, size } from './kh-layers.js';

const program = fileURLToPath(new URL('kh_step.py', import.meta.url));
const forms = { NumPy: ['NumPy, dense'], PyTorch: ['PyTorch, dense', 'PyTorch, sparse'] };

/** The forms of kh_step.py, in a Python of `threads` threads; HEBBLAB_PYTHON names another interpreter than python3. */
export async function openPythonSteps(folder, threads, clock) {
  const python = process.env.HEBBLAB_PYTHON ?? 'python3';
  const absent = {
    about: `NumPy and PyTorch not measured: no ${python}`,
    open: async () => [],
    close: async () => {},
  };
  if (spawnSync(python, ['--version']).status !== 0) return absent;
  // Read by the libraries of NumPy and PyTorch when they load.
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` };
  const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error('expected an answer of Python, got its end');
    return JSON.parse(value);
  };
  const ask = (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return answer();
  };
  const { versions } = await answer();
  const names = Object.keys(forms);
  const missing = names.filter((name) => versions[name] === undefined);
  // Layers are read by NumPy.
  const usable = versions.NumPy === undefined ? [] : names.filter((name) => !missing.includes(name));
  const about = [
    ...usable.map((name) => `${name} ${versions[name]}`),
    ...missing.map((name) => `${name} not measured: ${python} has none`),
  ].join(', ');
  return {
    about,
    async open(layer) {
      if (usable.length === 0) return [];
      const files = Object.fromEntries(
        ['pixels', 'scales', 'weights'].map((key) => {
          const { buffer, byteOffset, byteLength } = layer[key];
          const file = path.join(folder, key);
          writeFileSync(file, new Uint8Array(buffer, byteOffset, byteLength));
          return [key, file];
        }),
      );
      const { error } = await ask({ action: 'prepare', ...size, ...files, rule, threads, clock });
      if (error !== undefined) throw new Error(error);
      return usable
        .flatMap((name) => forms[name])
        .map((form) => ({
          name: form,
          reset: async () => {},
          step: (learningRate) => ask({ action: 'step', form, learningRate }),
          close: () => {},
        }));
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
