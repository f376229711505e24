export {
  type ComparedTask,
  type CompareOptions,
  type Comparison,
  compare,
  compareLaunches,
  type Launch,
} from './compare/compare.js';
export {
  decide,
  type Evidence,
  type UndecidedReason,
  type Verdict,
  type VerdictOptions,
} from './compare/verdict.js';
export { type ChangePoint, type ChangePointOptions, changePoints } from './history/change-points.js';
export { historyChart, historyPage } from './history/chart.js';
export { type HistoryRecord, parseHistory, type SizeRecord, type TimeRecord } from './history/record.js';
export { describeChanges, figureText, type Series, seriesOf } from './history/series.js';
export { sparkline } from './history/sparkline.js';
export {
  type BootstrapOptions,
  type Interval,
  interquartileMeanInterval,
  medianInterval,
} from './statistics/bootstrap.js';
export { holm } from './statistics/holm.js';
export { interquartileMean, median, quantile } from './statistics/quantiles.js';
export { type Random, seededRandom } from './statistics/random.js';
export { type SignedRankTest, signedRankTest } from './statistics/signed-rank.js';
export {
  type FailedTask,
  type MeasuredTask,
  type RunOptions,
  Suite,
  type SuiteOptions,
  type SuiteResult,
  type TaskResult,
} from './suite/suite.js';
export { type Rate, ratesOf, type Work } from './suite/work.js';
export { type Clock, type ClockName, openClock } from './timing/clock.js';
export type { SelfTimedTask, Task, TaskWithState } from './timing/task.js';
export { type TinybenchLike, tinybenchTask } from './timing/tinybench.js';
