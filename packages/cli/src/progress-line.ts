import type { OnProgress, Progress } from '@hebblab/experiments';

type EpochProgress = Extract<Progress, { kind: 'epoch' }>;

export interface ProgressPrinter {
  readonly show: OnProgress;
  /** Ends a line that is still live, so that other text starts at the left. */
  end(): void;
}

/**
 * Writes progress to a stream: one live line with rate and time left on a terminal, elsewhere a plain line now and
 * then and at each end.
 */
export function progressPrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  return stream.isTTY ? livePrinter(stream) : plainPrinter(stream);
}

/** More often than this nobody can read. */
const liveMilliseconds = 50;

function livePrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  const clock = startClock();
  let live = false;
  let writtenAt = Number.NEGATIVE_INFINITY;
  return {
    show(progress) {
      const text = describe(progress, clock);
      const last = isLast(progress);
      if (!last && performance.now() - writtenAt < liveMilliseconds) return;
      writtenAt = performance.now();
      stream.write(`\r\u001b[K${text.slice(0, (stream.columns || 80) - 1)}${last ? '\n' : ''}`);
      live = !last;
    },
    end() {
      if (live) stream.write('\n');
      live = false;
    },
  };
}

/** Between two plain lines of one training there are at least these seconds and this share of its epochs. */
const plainLines = { seconds: 5, share: 0.02 };

function plainPrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  const clock = startClock();
  let printed = { training: '', epoch: 0, at: 0 };
  return {
    show(progress) {
      const text = describe(progress, clock);
      if (progress.kind === 'epoch' && !isLast(progress)) {
        const { model, stage, epoch, epochs } = progress;
        const training = `${model} ${stage}`;
        const begins = training !== printed.training;
        const soon =
          performance.now() - printed.at < plainLines.seconds * 1000 ||
          epoch - printed.epoch < plainLines.share * epochs;
        if (!begins && soon) return;
        printed = { training, epoch, at: performance.now() };
      }
      stream.write(`${text}\n`);
    },
    end() {},
  };
}

function isLast(progress: Progress): boolean {
  return progress.kind !== 'epoch' || progress.epoch === progress.epochs;
}

/** Times epochs of one training from the first that was seen, which may not be epoch 1 of a resumed run. */
function startClock(): (progress: EpochProgress) => { perEpoch: number | undefined } {
  let training = '';
  let begun = { epoch: 0, at: 0 };
  return ({ model, stage, epoch }) => {
    if (training !== `${model} ${stage}`) {
      training = `${model} ${stage}`;
      begun = { epoch, at: performance.now() };
    }
    const done = epoch - begun.epoch;
    return { perEpoch: done === 0 ? undefined : (performance.now() - begun.at) / done };
  };
}

/** What matters first, as the end may not fit the terminal. */
function describe(progress: Progress, clock: ReturnType<typeof startClock>): string {
  switch (progress.kind) {
    case 'note':
      return progress.text;
    case 'measuring':
      return `${progress.model}: measuring ${progress.what}`;
    case 'epoch': {
      const { model, stage, epoch, epochs, metrics } = progress;
      const shown = Object.entries(metrics).filter(([name]) => name !== 'learningRate');
      const values = shown.map(([name, value]) => `, ${inWords(name)} ${inDigits(value)}`).join('');
      return `${model}, ${stage}: epoch ${epoch} of ${epochs}${timing(progress, clock(progress))}${values}`;
    }
  }
}

function timing({ epoch, epochs }: EpochProgress, { perEpoch }: { perEpoch: number | undefined }): string {
  if (perEpoch === undefined) return '';
  const rate = `${formatSeconds(perEpoch)} an epoch`;
  return epoch === epochs ? `, ${rate}` : `, ${rate}, ${formatSeconds(perEpoch * (epochs - epoch))} left`;
}

/** convergedShare as "converged share". */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Counts whole, measured values to four digits. */
function inDigits(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** Milliseconds as a person reads them. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
