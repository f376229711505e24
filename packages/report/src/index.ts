export { type AccuracyBars, accuracyBars } from './accuracy-bars.js';
export { type AuditMatrix, type AuditOutcome, auditMatrix } from './audit-matrix.js';
export {
  type Claim,
  type ClaimFinding,
  type ClaimMeasure,
  type ClaimVerdict,
  claimsOverview,
} from './claims.js';
export { type ClaimsPage, claimsPage } from './claims-page.js';
export { type Comparison, comparisonTable, type MeasuredValue } from './comparison.js';
export { type CsvCell, csv } from './csv.js';
export { type DecisionMaps, decisionMaps } from './decision-maps.js';
export { type DistanceBox, type DistanceBoxes, distanceBoxes } from './distance-boxes.js';
export { type Embeddings, embeddings } from './embeddings.js';
export { type HeatMaps, heatMaps, type PlaneAxis } from './heat-maps.js';
export {
  type HtmlReport,
  htmlReport,
  type NamedValue,
  type ReportFigure,
  type ReportSection,
} from './html-report.js';
export type { ReportCell, ReportTable, VerdictCell } from './html-table.js';
export { type IntervalPlot, intervalPlot } from './interval-plot.js';
export { type LineAxis, type LineCurve, type LineCurves, lineCurves } from './line-curves.js';
export { type MarkdownReport, type MarkdownSection, markdownReport } from './markdown-report.js';
export { type CountedHistogram, type OverlaidHistograms, overlaidHistograms } from './overlaid-histograms.js';
export { type PairScatter, pairScatter } from './pair-scatter.js';
export {
  type PerturbationCurve,
  type PerturbationCurves,
  perturbationCurves,
} from './perturbation-curves.js';
export { type RemainingRobustness, remainingRobustness } from './remaining-robustness.js';
export { type RobustnessPoint, type RobustnessScatter, robustnessScatter } from './robustness-scatter.js';
export { type SimilarityMatrices, similarityMatrices } from './similarity-matrices.js';
export { type PowerLawLine, type SpectraFigure, type Spectrum, spectraFigure } from './spectra.js';
export { type SynapseMosaic, synapseMosaic } from './synapse-mosaic.js';
export { type TrainingCurve, type TrainingCurves, trainingCurves } from './training-curves.js';
export { type VarianceHistogram, varianceHistogram } from './variance-histogram.js';
export type { VerdictTone } from './verdict.js';
