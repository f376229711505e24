import { estimatedWidth } from './text.js';

type Rectangle = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** A point to be named, and the marks around it that no text may cover. */
export type LabelledPoint = { readonly x: number; readonly y: number; readonly text: string };

/** Where a label's text begins (its left end and its baseline), and whether it needs a line to its point. */
export type PlacedLabel = { readonly x: number; readonly baseline: number; readonly isFar: boolean };

/**
 * Places the names of points beside them: nobody's name lies over another name, a point or an obstacle, as long as there
 * is such a place within reach; else the place that covers least is taken. Points with the least room choose first.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  obstacles: readonly Rectangle[],
  bounds: Rectangle,
  fontSize = 13,
): PlacedLabel[] {
  const markers = points.map(({ x, y }) => ({ left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 }));
  const fixed = [...markers, ...obstacles];
  const taken: Rectangle[] = [];
  const order = points
    .map((point, index) => ({
      index,
      free: candidates(point, fontSize).filter((box) => cost(box, fixed, bounds) === 0).length,
    }))
    .sort((first, second) => first.free - second.free || first.index - second.index);
  const placed = new Map<number, PlacedLabel>();
  for (const { index } of order) {
    const point = points[index];
    if (point === undefined) continue;
    let best: { box: Rectangle; cost: number } | undefined;
    for (const box of candidates(point, fontSize)) {
      const price = cost(box, [...fixed, ...taken], bounds);
      if (best === undefined || price < best.cost) best = { box, cost: price };
      if (price === 0) break;
    }
    if (best === undefined) continue;
    taken.push(best.box);
    placed.set(index, {
      x: best.box.left,
      baseline: best.box.bottom - fontSize * 0.25,
      isFar: distanceTo(point, best.box) > 14,
    });
  }
  return points.map((point, index) => placed.get(index) ?? { x: point.x, baseline: point.y, isFar: false });
}

/** Nearest places first: right, left, above, below, the corners, then the same further out. */
function candidates({ x, y, text }: LabelledPoint, fontSize: number): Rectangle[] {
  const width = estimatedWidth(text, fontSize);
  const height = fontSize * 1.2;
  return [9, 18, 30, 44, 60].flatMap((gap) => {
    const near = gap * 0.7;
    return [
      [x + gap, y - height / 2],
      [x - gap - width, y - height / 2],
      [x - width / 2, y - gap - height],
      [x - width / 2, y + gap],
      [x + near, y - near - height],
      [x + near, y + near],
      [x - near - width, y - near - height],
      [x - near - width, y + near],
    ].map(([left = 0, top = 0]) => ({ left, top, right: left + width, bottom: top + height }));
  });
}

/** Area covered, where what lies outside the bounds weighs most. */
function cost(box: Rectangle, others: readonly Rectangle[], bounds: Rectangle): number {
  const area = (box.right - box.left) * (box.bottom - box.top);
  const outside = area - overlap(box, bounds);
  return others.reduce((sum, other) => sum + overlap(box, other), outside < 1e-6 ? 0 : 100 * outside);
}

function overlap(first: Rectangle, second: Rectangle): number {
  const width = Math.min(first.right, second.right) - Math.max(first.left, second.left);
  const height = Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function distanceTo({ x, y }: LabelledPoint, { left, top, right, bottom }: Rectangle): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}
