// Runs the specs that tfjs-core ships against the backend, in Node: `node test/conformance/run.js [RESULTS.json]`.
// Exits with 1 where one fails. exclusions.json lists specs that are left out, {"spec": "...", "reason": "..."}.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Jasmine from 'jasmine';
import { bundleSpecs, excludedSpecs } from './bundle.js';

const folder = fileURLToPath(new URL('../../node_modules/.cache/conformance-node', import.meta.url));
const excluded = new Set(excludedSpecs.map(({ spec }) => spec));

await bundleSpecs(folder, 'node');
const counts = { passed: 0, failed: 0, pending: 0, excluded: 0 };
const failures = [];
const jasmine = new Jasmine();
jasmine.exitOnCompletion = false;
jasmine.loadConfig({ random: false });
jasmine.env.configure({ specFilter: (spec) => !excluded.has(spec.getFullName()) });
jasmine.clearReporters();
jasmine.addReporter({ specDone: countSpec });
jasmine.specFiles = [path.join(folder, 'specs.js')];
// Specs of the profiler print tables.
const print = console.log;
console.log = () => {};
const { overallStatus } = await jasmine.execute();
console.log = print;

console.log(
  `${counts.passed} specs passed, ${counts.failed} failed, ${counts.pending} pending, ${counts.excluded} excluded`,
);
const [resultsFile] = process.argv.slice(2);
if (resultsFile !== undefined) writeFileSync(resultsFile, JSON.stringify({ ...counts, failures }));
process.exitCode = counts.passed > 0 && overallStatus !== 'failed' ? 0 : 1;

function countSpec({ status, fullName, failedExpectations }) {
  counts[status] += 1;
  const failed = failedExpectations.map(({ message }) => `${fullName}\n  ${message}`);
  for (const failure of failed) console.error(failure);
  failures.push(...failed);
}
