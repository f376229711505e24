// `npm start`: installs and builds what is missing, then runs the quick preset into a folder of its own. Options behind
// `npm start --` are handed on. The variant is the one that gives the README's figures on every machine.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { prepareWorkspace, root, run } from './lib/workspace.js';

prepareWorkspace();
const options = ['--out', freeRunFolder(), '--variant', 'simd128', ...process.argv.slice(2)];
run(process.execPath, [path.join(root, 'packages/cli/bin/hebblab.js'), 'run', 'quick', ...options], {
  stdio: 'inherit',
});

function freeRunFolder() {
  for (let number = 1; ; number++) {
    const folder = path.join('runs', number === 1 ? 'quick' : `quick-${number}`);
    if (!existsSync(path.join(root, folder))) return folder;
  }
}
