import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('python_peers.py', import.meta.url));

/**
 * NumPy and PyTorch, in one Python that times itself: matrices go there and back as files of raw numbers in a folder.
 * HEBBLAB_PYTHON names another interpreter than python3.
 */
export async function openPython(folder) {
  const python = process.env.HEBBLAB_PYTHON ?? 'python3';
  if (spawnSync(python, ['--version']).status !== 0)
    return { ...nobody, missing: [`NumPy, PyTorch: no ${python}`] };
  const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error('expected an answer of Python, got its end');
    const parsed = JSON.parse(value);
    if (parsed.error !== undefined) throw new Error(parsed.error);
    return parsed;
  };
  const ask = (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return answer();
  };
  const { versions } = await answer();
  const missing = ['NumPy', 'PyTorch'].filter((name) => versions[name] === undefined);
  return {
    versions,
    missing: missing.map((name) => `${name}: ${python} has none`),
    participants: Object.keys(versions).map((name) => participantOf(name, folder, ask)),
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

const nobody = { versions: {}, participants: [], close: async () => undefined };

function participantOf(name, folder, ask) {
  return {
    name,
    async prepare({ kind, form, precision }, inputs) {
      const files = Object.fromEntries(
        Object.entries(inputs).map(([key, { shape, data }]) => {
          const file = path.join(folder, key);
          writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
          return [key, { file, shape, precision }];
        }),
      );
      await ask({ action: 'prepare', library: name, kind, form, inputs: files });
      return {
        run: async () => (await ask({ action: 'run', library: name })).milliseconds,
        async result() {
          const file = path.join(folder, 'result');
          const { precision } = await ask({ action: 'result', library: name, file });
          const { buffer, byteOffset, byteLength } = await readFile(file);
          const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
          return precision === 'float32' ? new Float32Array(bytes) : new Float64Array(bytes);
        },
        close: async () => void (await ask({ action: 'close', library: name })),
      };
    },
  };
}
