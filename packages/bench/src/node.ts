export {
  type BuildComparison,
  type CaseSubject,
  type ComparedCase,
  compareBuilds,
} from './node/compare-builds.js';
export {
  type BenchConfiguration,
  type Build,
  type OpenPlace,
  readConfiguration,
} from './node/configuration.js';
export { commitOf, hasChanges } from './node/git.js';
export { InputError } from './node/input-error.js';
export { type Side, type Source, sourceOf, unpack } from './node/sides.js';
export {
  type BenchCase,
  fromCase,
  type PreparableCase,
  readSuites,
  type SuiteFile,
} from './node/suite-files.js';
