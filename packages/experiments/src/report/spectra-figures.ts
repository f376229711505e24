import { csv, lineCurves, type Spectrum, spectraFigure } from '@hebblab/report';
import type { RunConfig } from '../config.js';
import type { SpectrumResult } from '../measurement-results.js';
import type { ModelResult, RunResults } from '../results.js';
import type { NamedFigure, NamedModels } from './named-figure.js';

/** What a spectrum was measured on. */
export type Probe = 'images' | 'noise';

const probeNames: Readonly<Record<Probe, string>> = { images: 'test images', noise: 'Gaussian noise' };

/** The spectra of all models on one probe (arXiv 2405.00679, figure 5); none where none can be drawn. */
export function modelSpectra(models: NamedModels, probe: Probe): NamedFigure[] {
  return spectra({
    file: `spectra-${probe}`,
    series: models.map(([name, model]) => ofModel(name, model, probe)),
    title: `Covariance spectra on ${probeNames[probe]}`,
    caption: `Spectra of the models on ${probeNames[probe]}, with power-law fits and the guide 1/n.`,
  });
}

/** The spectra of each pruned layer before and after (arXiv 2405.00679, figure 1). */
export function pruningSpectra(models: NamedModels, probe: Probe): NamedFigure[] {
  return models.flatMap(([name, model]) => {
    const unpruned = model.measurements?.['unpruned-spectra']?.[probe];
    if (unpruned === undefined) return [];
    const rawOfSeeds = model.perSeed?.flatMap(
      ({ measurements }) => measurements?.['unpruned-spectra']?.[probe] ?? [],
    );
    return spectra({
      file: `spectra-pruning-${name}-${probe}`,
      series: [
        { name: `${name}, raw`, spectrum: unpruned, perSeed: rawOfSeeds ?? [] },
        { ...ofModel(name, model, probe), name: `${name}, pruned` },
      ],
      title: `Spectra of ${name} before and after pruning, ${probeNames[probe]}`,
      caption: `Spectra on ${probeNames[probe]} of the layer of ${name} as it was learned and with its noisy units set to 0.`,
    });
  });
}

/** The spectra of the inputs, of untrained models and of locally trained ones (arXiv 2405.00679, figure 4). */
export function inputSpectra(
  { models, inputSpectra }: RunResults,
  settings: RunConfig['models'],
  probe: Probe,
): NamedFigure[] {
  if (inputSpectra === undefined) return [];
  const shown = Object.entries(models).filter(([name]) => {
    const kind = settings[name]?.kind;
    return kind === 'initialised' || kind === 'local-learning';
  });
  return spectra({
    file: `spectra-inputs-${probe}`,
    series: [
      { name: 'inputs', spectrum: inputSpectra[probe], perSeed: [] },
      ...shown.map(([name, model]) => ofModel(name, model, probe)),
    ],
    title: `Spectra of the inputs and of layers, ${probeNames[probe]}`,
    caption: `Spectra of ${probeNames[probe]} themselves, of an untrained layer and of locally trained ones.`,
  });
}

/** Exponents of the first units of each layer against their number. */
export function populationFigures(models: NamedModels, probe: Probe): NamedFigure[] {
  const series = models.flatMap(([name, { measurements }]) => {
    const fitted = measurements?.['sub-populations']?.[probe].populations.flatMap(
      ({ units, alpha, stdErr }) =>
        alpha === undefined || stdErr === undefined ? [] : [{ units, alpha, stdErr }],
    );
    if (fitted === undefined || fitted.length === 0) return [];
    const x = fitted.map(({ units }) => units);
    const y = fitted.map(({ alpha }) => alpha);
    const interval = fitted.map(({ alpha, stdErr }) => [alpha - stdErr, alpha + stdErr] as const);
    return [{ name, x, y, interval }];
  });
  if (series.length === 0) return [];
  return [
    {
      file: `sub-populations-${probe}`,
      svg: lineCurves({
        series,
        x: { label: 'units', scale: 'logarithmic' },
        y: { label: 'exponent α' },
        title: `Exponents of sub-populations, ${probeNames[probe]}`,
      }),
      caption: `Exponent of the first units of each layer on ${probeNames[probe]}, with its standard error.`,
      csv: {
        fileName: `sub-populations-${probe}.csv`,
        text: csv({
          columns: ['model', 'units', 'alpha', 'low', 'high'],
          rows: series.flatMap(({ name, x, y, interval }) =>
            x.map((units, index) => [name, units, y[index] ?? null, ...(interval[index] ?? [null, null])]),
          ),
        }),
      },
    },
  ];
}

interface NamedSpectrum {
  readonly name: string;
  readonly spectrum: SpectrumResult;
  /** Of each seed where there are several. */
  readonly perSeed: readonly SpectrumResult[];
}

function ofModel(name: string, model: NamedModels[number][1], probe: Probe): NamedSpectrum {
  const perSeed = (model.perSeed ?? []).map(({ spectrum }: ModelResult) => spectrum[probe]);
  return { name, spectrum: model.spectrum[probe], perSeed };
}

function spectra({
  file,
  series,
  title,
  caption,
}: {
  readonly file: string;
  readonly series: readonly NamedSpectrum[];
  readonly title: string;
  readonly caption: string;
}): NamedFigure[] {
  const drawable = series.filter(({ spectrum }) => (spectrum.eigenvalues[0] ?? 0) > 0);
  if (drawable.length === 0) return [];
  const longest = Math.max(...drawable.map(({ spectrum }) => spectrum.eigenvalues.length));
  return [
    {
      file,
      svg: spectraFigure({ series: drawable.map(toSeries), guide: true, title }),
      caption,
      csv: {
        fileName: `${file}.csv`,
        text: csv({
          columns: ['rank', ...drawable.map(({ name }) => name)],
          rows: Array.from({ length: longest }, (_, index) => [
            index + 1,
            ...drawable.map(({ spectrum }) => spectrum.eigenvalues[index] ?? null),
          ]),
        }),
      },
    },
  ];
}

function toSeries({ name, spectrum, perSeed }: NamedSpectrum): Spectrum {
  const { eigenvalues, alpha, stdErr, intercept, fit } = spectrum;
  const band = perSeed.length < 2 ? {} : { interval: rangeOver(perSeed, eigenvalues.length) };
  if (alpha === undefined || stdErr === undefined || intercept === undefined)
    return { name, eigenvalues, ...band };
  // Means over seeds whose spectra end at different places are no whole numbers.
  const [from, to] = fit.map(Math.floor) as [number, number];
  const line = { alpha, standardError: stdErr, intercept, from, to: Math.min(to, eigenvalues.length) };
  return { name, eigenvalues, fit: line, ...band };
}

/** Least and largest lambda_n / lambda_1 at each rank. */
function rangeOver(
  perSeed: readonly SpectrumResult[],
  length: number,
): { readonly low: number[]; readonly high: number[] } {
  const ratios = (rank: number) =>
    perSeed.map(({ eigenvalues }) => (eigenvalues[rank] ?? 0) / (eigenvalues[0] || 1));
  const ranks = Array.from({ length }, (_, rank) => ratios(rank));
  return {
    low: ranks.map((values) => Math.min(...values)),
    high: ranks.map((values) => Math.max(...values)),
  };
}
