import { buildTypeScript } from './lib/workspace.js';

buildTypeScript();
