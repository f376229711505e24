// Writes the JSON Schema of run configurations and the tables of docs/run-configuration.md. Run it after a change of
// packages/experiments/src/config.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentFile, makeDocument, makeSchemaFile, schemaFile } from './lib/run-configuration.js';

writeFileSync(schemaFile, makeSchemaFile());
writeFileSync(documentFile, makeDocument(readFileSync(documentFile, 'utf8')));
