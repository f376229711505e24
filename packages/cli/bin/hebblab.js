#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('hebblab: expected a built program, got none: run `npm start` or `pnpm build` at its root');
  process.exitCode = 1;
}
