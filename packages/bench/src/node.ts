export {
  type BuildComparison,
  type CaseSubject,
  type ComparedCase,
  compareBuilds,
  type SizeVerdict,
} from './node/compare-builds.js';
export {
  type BenchConfiguration,
  type Build,
  type FilesBuild,
  type OpenPlace,
  readConfiguration,
  type WholeBuild,
} from './node/configuration.js';
export { type ExportFormat, exportFormats, exportRun } from './node/exports.js';
export { commitOf, hasChanges } from './node/git.js';
export { appendHistory, readHistory } from './node/history-files.js';
export { InputError } from './node/input-error.js';
export { describeMachine, type Machine, machineDifferences } from './node/machine.js';
export { type Choice, choosePlans, type Plan } from './node/plans.js';
export { runSuitesInBrowser } from './node/run-in-browser.js';
export {
  type CaseResult,
  measuredOf,
  type RunResult,
  runSuites,
  type SizeResult,
  type SuiteRun,
  sizedOf,
} from './node/run-suites.js';
export { type Side, type Source, sourceOf, unpack } from './node/sides.js';
export { compareRuns, compareSizes, readRun, runDifferences, type StoredComparison } from './node/stored.js';
export { readSuites, type SuiteFile } from './node/suite-files.js';
export { type BenchCase, fromCase, type PreparableCase } from './suite/cases.js';
