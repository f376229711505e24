// Finds the tools that some suites need and a bare machine lacks.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export function hasCommand(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Path of a Chromium: HEBBLAB_CHROMIUM, or where distributions put it. */
export function findChromium() {
  const places = [
    process.env.HEBBLAB_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}

/** A Python with numpy and safetensors: HEBBLAB_PYTHON or python3. */
export function findPython() {
  const commands = [process.env.HEBBLAB_PYTHON, 'python3'];
  return commands.find(
    (command) =>
      command !== undefined &&
      spawnSync(command, ['-c', 'import numpy, safetensors'], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * Whether a suite whose tool is missing must fail instead of being skipped: HEBBLAB_REQUIRE is `all`, as in CI, or a
 * list of suites with this one in it.
 */
export function isRequired(suite) {
  return isRequiredByName('all') || isRequiredByName(suite);
}

/** Whether the list in HEBBLAB_REQUIRE has this very suite. */
export function isRequiredByName(suite) {
  return (process.env.HEBBLAB_REQUIRE ?? '').split(',').includes(suite);
}
