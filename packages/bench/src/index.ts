export { type BootstrapOptions, type Interval, medianInterval } from './statistics/bootstrap.js';
export { holm } from './statistics/holm.js';
export { median, quantile } from './statistics/quantiles.js';
export { type Random, seededRandom } from './statistics/random.js';
export { type SignedRankTest, signedRankTest } from './statistics/signed-rank.js';
