import { type Element, findAll } from './xml.js';

export type Point = { readonly x: number; readonly y: number };

/** Positions of the vertical (constant x) or horizontal grid lines, in the order of their values. */
export function gridLines(svg: Element, direction: 'x' | 'y'): number[] {
  return findAll(svg, ({ attributes }) => attributes.class === 'grid')
    .filter(({ attributes }) => attributes[`${direction}1`] === attributes[`${direction}2`])
    .map(({ attributes }) => Number(attributes[`${direction}1`]));
}

/** The points of each curve in the plot; the samples in the legend, which have 2 points, are left out. */
export function curves(svg: Element): Point[][] {
  return findAll(svg, ({ attributes }) => (attributes.class ?? '').startsWith('line '))
    .map(({ attributes }) => pathPoints(attributes.d ?? ''))
    .filter((points) => points.length > 2);
}

export function pathPoints(path: string): Point[] {
  return path
    .split(/[ML]/)
    .slice(1)
    .map((pair) => {
      const [x, y] = pair.split(' ').map(Number);
      return { x: x ?? Number.NaN, y: y ?? Number.NaN };
    });
}

export function withClass(svg: Element, name: string, className: string): Element[] {
  return findAll(svg, (element) => element.name === name && element.attributes.class === className);
}

export function numeric(element: Element, attribute: string): number {
  return Number(element.attributes[attribute]);
}
