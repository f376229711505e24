import { writeFileAtomically } from '@hebblab/data/files';
import { claimsPage, htmlReport } from '@hebblab/report';
import { publishedAndIndependent } from '../claims/claims.js';
import { type Manifest, readManifest } from '../manifest.js';
import { type RunResults, readResults } from '../results.js';
import type { RunFolder } from '../run-folder.js';
import { annealingSections } from './annealing-sections.js';
import { claimsOfRuns, claimsText, comparisonsOfRuns, comparisonText } from './claims-of-runs.js';
import { budgetTables } from './curve-tables.js';
import { budgetFigures, embeddingFigures, isometryFigures } from './isometry-figures.js';
import { landscapeFigures } from './landscape-figures.js';
import {
  convergenceFigures,
  modelsWithoutWeights,
  synapseFigures,
  varianceFigures,
} from './layer-figures.js';
import { bisectionTables, dimensionTables, jacobianTables, minimalTables } from './measurement-tables.js';
import type { NamedSection } from './named-figure.js';
import { accuracyFigure, attackFigures, distanceFigures, scatterFigures } from './robustness-figures.js';
import { saturationSections } from './saturation-sections.js';
import { inputSpectra, modelSpectra, populationFigures, pruningSpectra } from './spectra-figures.js';
import { flattenSettings, summaryTable } from './tables.js';

/**
 * Draws figures/, report.html and, where the run judges claims, claims.html of a finished run from its files.
 *
 * @throws DataError where the folder holds no finished run
 * @example
 * await drawReport(runFolder('runs/quick'));
 */
export async function drawReport(folder: RunFolder): Promise<void> {
  const { manifest, results, head, summary, sections } = await readReport(folder);
  for (const { file, svg, csv: table } of sections.flatMap(({ figures }) => figures)) {
    await writeFileAtomically(folder.figure(`${file}.svg`), svg);
    if (table !== undefined) await writeFileAtomically(folder.figure(table.fileName), table.text);
  }
  await writeFileAtomically(folder.report, htmlReport({ ...head, summary, sections }));
  if (results.claims.length === 0) return;
  const runs = [{ name: 'this run', manifest, results }];
  const page = claimsPage({
    ...head,
    title: `hebblab: claims on ${manifest.settings.name}`,
    text: [...claimsText, ...comparisonText(runs)],
    claims: claimsOfRuns(runs),
    comparisons: comparisonsOfRuns(runs),
  });
  await writeFileAtomically(folder.claims, page);
}

/** By which a page of results is known for one. */
export const titleStart = 'hebblab: ';

/** The parts of a finished run's report. */
export async function readReport(folder: RunFolder) {
  const manifest = await readManifest(folder);
  const results = await readResults(folder);
  const { settings, environment, dataset, variant, threads } = manifest;
  const { seed, seeds } = settings;
  return {
    manifest,
    results,
    head: {
      language: 'en',
      title: `${titleStart}${settings.name}`,
      subtitle: `${dataset.name}, ${dataset.train} training and ${dataset.test} test images (${dataset.origin}), ${seeds > 1 ? `seeds ${seed} to ${seed + seeds - 1}` : `seed ${seed}`}`,
      settings: flattenSettings(settings),
      provenance: flattenSettings({ variant, threads, ...environment }),
    },
    summary: [summaryTable(results)],
    sections: await makeSections(folder, manifest, results),
  };
}

async function makeSections(
  folder: RunFolder,
  manifest: Manifest,
  results: RunResults,
): Promise<NamedSection[]> {
  const models = Object.entries(results.models);
  const { settings } = manifest;
  const references = publishedAndIndependent(settings);
  const [published] = references;
  const overSeeds = settings.seeds > 1;
  const notKept = modelsWithoutWeights(folder, manifest);
  const sections: NamedSection[] = [
    {
      heading: 'What the layer learned',
      text: [
        'Weights as images of the inputs on one scale, units as they come, and how the training went.',
        ...(overSeeds ? ['Weights and variances are those of the first seed.'] : []),
        ...(notKept.length === 0
          ? []
          : [`Weights of ${notKept.join(', ')} were not kept and are not shown.`]),
      ],
      figures: [
        ...(await synapseFigures(folder, manifest)),
        ...varianceFigures(models),
        ...pruningSpectra(models, 'images'),
        ...pruningSpectra(models, 'noise'),
        ...(await convergenceFigures(folder)),
      ],
      tables: [],
    },
    {
      heading: 'Spectra of the representation',
      text: [
        'Eigenvalues of the covariance of the hidden pre-activations, divided by the first. The fit is ordinary least squares of their logarithm on that of the rank.',
        ...(overSeeds
          ? ['Curves are means over seeds, bands reach from the least to the largest of them.']
          : []),
      ],
      figures: [
        ...inputSpectra(results, settings.models, 'images'),
        ...inputSpectra(results, settings.models, 'noise'),
        ...modelSpectra(models, 'images'),
        ...modelSpectra(models, 'noise'),
        ...populationFigures(models, 'images'),
        ...populationFigures(models, 'noise'),
      ],
      tables: dimensionTables(results),
    },
    {
      heading: 'Accuracy and robustness',
      text:
        settings.attacks.length === 0
          ? []
          : [
              'Relative accuracy counts only images that the model classifies correctly without a perturbation. A critical distance is the L2 length of the smallest perturbation on the grid that changes the class.',
            ],
      figures: [
        accuracyFigure(models, manifest, published),
        ...attackFigures(models),
        ...distanceFigures(models, references),
        ...scatterFigures(models, published),
        ...budgetFigures(models),
      ],
      tables: [...bisectionTables(models), ...minimalTables(models), ...budgetTables(models)],
    },
    {
      heading: 'Geometry',
      text: [
        'How fast the outputs change with the input, and what the models decide around an image.',
        ...(overSeeds ? ['Landscapes are those of the first seed.'] : []),
      ],
      figures: landscapeFigures(models, manifest),
      tables: jacobianTables(models),
    },
    {
      heading: 'Distances within classes and the hierarchy',
      text: [
        'Distances between images of one class in each hidden layer against those of the inputs, with the line fitted to all pairs; the pairs and points drawn are some of those of the first seed.',
      ],
      figures: [...isometryFigures(models), ...embeddingFigures(models)],
      tables: [],
    },
    ...(await annealingSections(folder, settings)),
    ...saturationSections(results),
    ...claimsSection(manifest, results),
  ];
  return sections.filter(
    ({ figures, tables, claims = [] }) => figures.length + tables.length + claims.length > 0,
  );
}

function claimsSection(manifest: Manifest, results: RunResults): NamedSection[] {
  const runs = [{ name: 'this run', manifest, results }];
  const claims = claimsOfRuns(runs);
  if (claims.length === 0) return [];
  return [
    {
      heading: 'Claims',
      text: [...claimsText, ...comparisonText(runs)],
      claims,
      figures: [],
      comparisons: comparisonsOfRuns(runs),
      tables: [],
    },
  ];
}
