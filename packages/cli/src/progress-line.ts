import type { OnProgress, Progress } from '@hebblab/experiments';

type EpochProgress = Extract<Progress, { kind: 'epoch' }>;

/**
 * Writes progress to a stream: one live line with rate and time left on a terminal, elsewhere a plain line every few
 * seconds and at each end.
 */
export function progressPrinter(stream: NodeJS.WriteStream): OnProgress {
  return stream.isTTY ? livePrinter(stream) : plainPrinter(stream);
}

function livePrinter(stream: NodeJS.WriteStream): OnProgress {
  const clock = startClock();
  return (progress) => {
    const last = progress.kind !== 'epoch' || progress.epoch === progress.epochs;
    const text = describe(progress, clock).slice(0, (stream.columns ?? 80) - 1);
    stream.write(`\r\u001b[K${text}${last ? '\n' : ''}`);
  };
}

/** Between two plain lines of one training. */
const plainLineSeconds = 5;

function plainPrinter(stream: NodeJS.WriteStream): OnProgress {
  const clock = startClock();
  let printedAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const text = describe(progress, clock);
    const last = progress.kind !== 'epoch' || progress.epoch === progress.epochs;
    if (!last && performance.now() - printedAt < plainLineSeconds * 1000) return;
    printedAt = performance.now();
    stream.write(`${text}\n`);
  };
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

function describe(progress: Progress, clock: ReturnType<typeof startClock>): string {
  switch (progress.kind) {
    case 'note':
      return progress.text;
    case 'measuring':
      return `${progress.model}: measuring ${progress.what}`;
    case 'epoch': {
      const { model, stage, epoch, epochs, metrics } = progress;
      const shown = Object.entries(metrics).filter(([name]) => name !== 'learningRate');
      const values = shown.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(', ');
      const { perEpoch } = clock(progress);
      const timing =
        perEpoch === undefined
          ? ''
          : `, ${formatSeconds(perEpoch)} an epoch, ${formatSeconds(perEpoch * (epochs - epoch))} left`;
      return `${model}: ${stage}, epoch ${epoch} of ${epochs}: ${values}${timing}`;
    }
  }
}

/** Milliseconds as a person reads them. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
