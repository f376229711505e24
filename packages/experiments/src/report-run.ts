import { writeFileAtomically } from '@hebblab/data/files';
import { htmlReport, type ReportSection } from '@hebblab/report';
import { type Manifest, readManifest } from './manifest.js';
import { annealingSections } from './report/annealing-sections.js';
import { saturationSections } from './report/saturation-sections.js';
import {
  accuracyFigure,
  attackFigures,
  convergenceFigures,
  type NamedFigure,
  spectraFigures,
  synapseFigures,
  varianceFigures,
} from './report-figures.js';
import { budgetFigures, embeddingFigures, isometryFigures } from './report-isometry.js';
import { flattenSettings, summaryTable } from './report-tables.js';
import { type RunResults, readResults } from './results.js';
import type { RunFolder } from './run-folder.js';

/**
 * Draws figures/ and report.html of a finished run from its files.
 *
 * @throws DataError where the folder holds no finished run
 * @example
 * await drawReport(runFolder('runs/quick'));
 */
export async function drawReport(folder: RunFolder): Promise<void> {
  const manifest = await readManifest(folder);
  const results = await readResults(folder);
  const sections = await makeSections(folder, manifest, results);
  for (const { file, svg, csv: table } of sections.flatMap(({ figures }) => figures)) {
    await writeFileAtomically(folder.figure(`${file}.svg`), svg);
    if (table !== undefined) await writeFileAtomically(folder.figure(table.fileName), table.text);
  }
  const { settings, environment, dataset, variant, threads } = manifest;
  const html = htmlReport({
    language: 'en',
    title: `hebblab: ${settings.name}`,
    subtitle: `${dataset.name}, ${dataset.train} training and ${dataset.test} test images (${dataset.origin}), seed ${settings.seed}`,
    summary: [summaryTable(results)],
    sections,
    settings: flattenSettings(settings),
    provenance: flattenSettings({ variant, threads, ...environment }),
  });
  await writeFileAtomically(folder.report, html);
}

function isometrySections(models: readonly [string, RunResults['models'][string]][]) {
  const figures = [...isometryFigures(models), ...embeddingFigures(models)];
  if (figures.length === 0) return [];
  return [
    {
      heading: 'Distances within classes and the hierarchy',
      text: [
        'Distances between images of one class in each hidden layer against those of the inputs, with the line fitted to all pairs; the pairs and points drawn are some of those of the first seed.',
      ],
      figures,
      tables: [],
    },
  ];
}

async function makeSections(
  folder: RunFolder,
  manifest: Manifest,
  results: RunResults,
): Promise<(ReportSection & { readonly figures: readonly NamedFigure[] })[]> {
  const models = Object.entries(results.models);
  return [
    {
      heading: 'What the layer learned',
      text: ['Weights as images of the inputs on one scale, units as they come, and how the training went.'],
      figures: [
        ...(await synapseFigures(folder, manifest)),
        ...varianceFigures(models),
        ...(await convergenceFigures(folder)),
      ],
      tables: [],
    },
    {
      heading: 'Spectra of the representation',
      text: [
        'Eigenvalues of the covariance of the hidden pre-activations, divided by the first. The fit is ordinary least squares of their logarithm on that of the rank.',
      ],
      figures: [
        ...spectraFigures(models, 'images', 'test images'),
        ...spectraFigures(models, 'noise', 'Gaussian noise'),
      ],
      tables: [],
    },
    {
      heading: 'Accuracy and robustness',
      text: [
        'Relative accuracy counts only images that the model classifies correctly without a perturbation. A critical distance is the L2 length of the smallest perturbation on the grid that changes the class.',
      ],
      figures: [accuracyFigure(models, manifest), ...attackFigures(models), ...budgetFigures(models)],
      tables: [],
    },
    ...(await annealingSections(folder, manifest.settings)),
    ...saturationSections(results),
    ...isometrySections(models),
  ];
}
