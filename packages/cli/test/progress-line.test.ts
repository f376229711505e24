import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatSeconds, progressPrinter } from '../src/progress-line.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream that keeps what is written; a terminal where it has columns. */
function writtenTo(columns?: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { written, stream: { write, ...terminal } as unknown as NodeJS.WriteStream };
}

const epoch = (number: number, epochs = 100, stage = 'layer') =>
  ({ kind: 'epoch', model: 'kh', stage, epoch: number, epochs, metrics: { convergedShare: 0.5 } }) as const;

/** Shows epochs 1 to `epochs`, each of `seconds`. */
function train(show: (progress: ReturnType<typeof epoch>) => void, epochs: number, seconds: number) {
  for (let number = 1; number <= epochs; number++) {
    vi.advanceTimersByTime(seconds * 1000);
    show(epoch(number, epochs));
  }
}

describe('progress on a terminal', () => {
  it('is one live line, cleared each time, that ends with its training', () => {
    const { written, stream } = writtenTo(200);
    train(progressPrinter(stream).show, 3, 2);
    expect(written).toEqual([
      '\r\u001b[Kkh, layer: epoch 1 of 3, converged share 0.5000',
      '\r\u001b[Kkh, layer: epoch 2 of 3, 2.0 s an epoch, 2.0 s left, converged share 0.5000',
      '\r\u001b[Kkh, layer: epoch 3 of 3, 2.0 s an epoch, converged share 0.5000\n',
    ]);
  });

  it('is never as wide as the terminal', () => {
    const { written, stream } = writtenTo(30);
    train(progressPrinter(stream).show, 3, 2);
    for (const text of written) expect(text.replace('\r\u001b[K', '').trimEnd().length).toBeLessThan(30);
    expect(written[1]).toContain('kh, layer: epoch 2 of 3, 2.0');
  });

  it('ends a live line before other text, once', () => {
    const { written, stream } = writtenTo(80);
    const printer = progressPrinter(stream);
    printer.show(epoch(1));
    printer.end();
    printer.end();
    expect(written.slice(1)).toEqual(['\n']);
  });

  it('ends no line that has ended', () => {
    const { written, stream } = writtenTo(80);
    const printer = progressPrinter(stream);
    printer.show(epoch(100));
    printer.end();
    expect(written).toHaveLength(1);
  });

  it('is not written more often than can be read', () => {
    const { written, stream } = writtenTo(80);
    train(progressPrinter(stream).show, 1000, 0.001);
    // 1000 epochs of 1 ms, at least 50 ms between two writings: 20 and the last.
    expect(written.length).toBeLessThanOrEqual(21);
    expect(written.at(-1)).toContain('epoch 1000 of 1000');
  });
});

describe('progress elsewhere', () => {
  it('is plain lines with the first and the last epoch of each training', () => {
    const { written, stream } = writtenTo();
    const { show } = progressPrinter(stream);
    train(show, 100, 0.001);
    show(epoch(1, 2, 'readout'));
    expect(written.map((line) => line.split(',').slice(0, 2).join())).toEqual([
      'kh, layer: epoch 1 of 100',
      'kh, layer: epoch 100 of 100',
      'kh, readout: epoch 1 of 2',
    ]);
    expect(written.join('')).not.toContain('\r');
  });

  it('has at least 5 seconds between two lines of a training', () => {
    const { written, stream } = writtenTo();
    train(progressPrinter(stream).show, 40, 1);
    // Epochs 1, 6, 11, ... 36 and 40.
    expect(written).toHaveLength(9);
  });

  it('is about fifty lines for a training of any length', () => {
    const { written, stream } = writtenTo();
    train(progressPrinter(stream).show, 1000, 60);
    // One in 20 epochs: 1, 21, ... 981, and 1000.
    expect(written).toHaveLength(51);
  });

  it('shows counts whole and measured values to four digits', () => {
    const { written, stream } = writtenTo();
    const metrics = { convergedShare: 0.123456, winningUnits: 1989, changedUnits: 12345 };
    progressPrinter(stream).show({ ...epoch(1), metrics });
    expect(written[0]).toContain('converged share 0.1235, winning units 1989, changed units 12345');
  });

  it('shows every note', () => {
    const { written, stream } = writtenTo();
    const { show } = progressPrinter(stream);
    show({ kind: 'note', text: 'loading mnist' });
    show({ kind: 'measuring', model: 'kh', what: 'accuracy' });
    expect(written).toEqual(['loading mnist\n', 'kh: measuring accuracy\n']);
  });
});

describe('formatSeconds', () => {
  it.each([
    [12.4, '12 ms'],
    [2000, '2.0 s'],
    [150_000, '3 min'],
    [9_000_000, '2.5 h'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(formatSeconds(milliseconds)).toBe(text);
  });
});
