import { csv, decisionMaps, heatMaps } from '@hebblab/report';
import type { Manifest } from '../manifest.js';
import { firstSeed, type NamedFigure, type NamedModels } from './named-figure.js';

/** Jacobian and class on a plane through an image, a map a model (arXiv 2405.00679, figure 6). */
export function landscapeFigures(models: NamedModels, { classNames }: Manifest): NamedFigure[] {
  const measured = models.flatMap(([name, model]) => {
    const { landscape } = firstSeed(model).measurements ?? {};
    return landscape === undefined ? [] : [{ name, ...landscape }];
  });
  const [first] = measured;
  if (first === undefined) return [];
  const { side, reach, image } = first;
  const range = [-reach, reach] as const;
  const plane = { rows: side, columns: side, x: { label: 'e', range }, y: { label: 'z', range } };
  const where = `on the plane x + e u + z v through test image ${image}, u and v random and orthonormal`;
  const step = (2 * reach) / (side - 1);
  const table = (
    fileName: string,
    columns: readonly string[],
    valuesOf: (model: (typeof measured)[number], at: number) => readonly (number | undefined)[],
  ) => ({
    fileName,
    text: csv({
      columns: ['model', 'e', 'z', ...columns],
      rows: measured.flatMap((model) =>
        model.classes.map((_, at) => [
          model.name,
          -reach + step * (at % side),
          -reach + step * Math.floor(at / side),
          ...valuesOf(model, at).map((value) => value ?? null),
        ]),
      ),
    }),
  });
  const decisions = drawDecisions(measured, plane, classNames);
  return [
    {
      file: 'landscape-jacobian',
      svg: heatMaps({
        ...plane,
        panels: measured.map(({ name, jacobianNorm }) => ({ name, values: jacobianNorm })),
        label: '‖d ReLU(h)ⁿ / dx‖F',
        scale: 'own',
        title: 'Landscapes of the Jacobian',
      }),
      caption: `Frobenius norm of the Jacobian of the latent activity ${where}.`,
      csv: table('landscape-jacobian.csv', ['jacobianNorm'], ({ jacobianNorm }, at) => [jacobianNorm[at]]),
    },
    ...decisions.map((svg) => ({
      file: 'landscape-classes',
      svg,
      caption: `Most probable class, the more opaque the larger its softmax, ${where}.`,
      csv: table('landscape-classes.csv', ['class', 'confidence'], ({ classes, confidence }, at) => [
        classes[at],
        confidence[at],
      ]),
    })),
  ];
}

type Plane = Pick<Parameters<typeof decisionMaps>[0], 'rows' | 'columns' | 'x' | 'y'>;

/** None where there are more classes than colours. */
function drawDecisions(
  panels: readonly {
    readonly name: string;
    readonly classes: readonly number[];
    readonly confidence: readonly number[];
  }[],
  plane: Plane,
  classNames: readonly string[] | undefined,
): string[] {
  const most = panels.reduce((all, { classes }) => Math.max(all, ...classes), 0);
  const names = classNames ?? Array.from({ length: most + 1 }, (_, label) => `class ${label}`);
  if (names.length > mostClasses) return [];
  return [decisionMaps({ ...plane, panels, classNames: names, title: 'Decisions around an image' })];
}

/** Colours of `decisionMaps`. */
const mostClasses = 10;
