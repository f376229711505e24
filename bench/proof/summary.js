// The figures of the proof from its runs, each judged by the rules as they are now from what it measured.
import { decide } from '@hebblab/bench';

/**
 * @param {(import('@hebblab/bench').Evidence & { kind: 'equal' | 'planted', kernel: string, took: number, load: number })[]} runs
 * @param {{ equal: number, planted: number }} wanted
 * @param {object} machine
 */
export function summaryOf(runs, wanted, machine) {
  const of = (kind) =>
    runs
      .filter((run) => run.kind === kind)
      .map((run) => ({ ...run, verdict: decide(run, { threshold: 0.02, alpha: 0.01 }) }));
  const [equal, planted] = [of('equal'), of('planted')];
  const isAlarm = ({ verdict }) => verdict.kind === 'slower' || verdict.kind === 'faster';
  const isCaught = ({ verdict }) => verdict.kind === 'slower';
  return {
    machine,
    equal: { ...counted(equal, wanted.equal), falseAlarms: proportion(equal, isAlarm) },
    planted: { ...counted(planted, wanted.planted), caught: proportion(planted, isCaught) },
  };
}

/** The page about it. */
export function summaryPage({ machine, equal, planted }) {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const found = ({ count, of, low, high }) =>
    `${count} of ${of} (95 % interval ${percent(low)} to ${percent(high)})`;
  const line = (name, { runs, wanted, medianSeconds, medianLoad, ratios, verdicts }, what) =>
    `| ${name} | ${runs} of ${wanted} | ${what} | ${Object.entries(verdicts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(
        ', ',
      )} | ${ratios.map((ratio) => ratio.toFixed(3)).join(' - ')} | ${medianSeconds.toFixed(1)} s | ${medianLoad.toFixed(1)} |`;
  return `# Whether comparisons can be trusted

Written by \`node bench/proof/run.js\`; each run is a line of [runs.jsonl](runs.jsonl). Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, with a busy
second process; the other load is in the last column. At most 10 s a comparison, threshold 2 %, intervals of 99 %.
A false alarm is a verdict slower or faster of equal kernels; a slowdown of 5 % is caught by the verdict slower.

| pairs | runs | found | verdicts | ratios, 5 % - 95 % | median time | median load |
| --- | --- | --- | --- | --- | --- | --- |
${line('equal', equal, `false alarms: ${found(equal.falseAlarms)}`)}
${line('5 % slower', planted, `caught: ${found(planted.caught)}`)}
`;
}

function counted(runs, wanted) {
  const verdicts = {};
  for (const { verdict } of runs) verdicts[verdict.kind] = (verdicts[verdict.kind] ?? 0) + 1;
  const sorted = (value) => Float64Array.from(runs.map(value)).sort();
  return {
    runs: runs.length,
    wanted,
    verdicts,
    ratios: [0.05, 0.95].map((share) =>
      rank(
        sorted(({ ratio }) => ratio.estimate),
        share,
      ),
    ),
    medianSeconds: rank(
      sorted(({ took }) => took),
      0.5,
    ),
    medianLoad: rank(
      sorted(({ load }) => load),
      0.5,
    ),
  };
}

function rank(sorted, share) {
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/** With the interval of Wilson (1927) at 95 %, which holds where a share is near 0 or 1. */
function proportion(runs, isCounted) {
  const of = runs.length;
  const count = runs.filter(isCounted).length;
  if (of === 0) return { count, of, low: 0, high: 1 };
  const z = 1.96;
  const share = count / of;
  const centre = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const reach = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return { count, of, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
