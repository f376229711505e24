import { readFile } from 'node:fs/promises';
import { setReadBytes } from './open.js';
import { fetchBytes } from './source.js';

setReadBytes(async (url) => (url.protocol === 'file:' ? readFile(url) : fetchBytes(url)));

export * from './index.js';
