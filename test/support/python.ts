import { spawnSync } from 'node:child_process';
import { findPython, isRequired } from '../../scripts/lib/tools.js';

const executable: string | undefined = findPython();

/** What a suite with Python is skipped for; undefined where it runs, or must fail because it is required. */
export const pythonMissing: string | undefined =
  executable === undefined && !isRequired('python')
    ? 'no python3 with numpy and safetensors found, HEBBLAB_PYTHON can name one'
    : undefined;

/**
 * Runs a program in a folder, with numpy as np and the functions of safetensors for NumPy at hand.
 *
 * @returns what it printed as JSON; undefined where it printed nothing
 */
export function runPython(program: string, folder: string): unknown {
  if (executable === undefined) throw new Error('expected python3 with numpy and safetensors, got none');
  const { status, stdout, stderr } = spawnSync(executable, ['-c', `${preamble}\n${program}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

const preamble = `import json, numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file`;
