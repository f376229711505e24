/** More than this share above the baseline is a fault. */
const tolerance = 0.01;

/**
 * @param {Record<string, number>} baseline
 * @param {Record<string, number>} counts
 * @returns {{ name: string, before: number | undefined, now: number | undefined, state: 'same' | 'more' | 'fewer' | 'new' | 'gone' }[]}
 */
export function compareCounts(baseline, counts) {
  const names = [...new Set([...Object.keys(baseline), ...Object.keys(counts)])];
  return names.map((name) => {
    const [before, now] = [baseline[name], counts[name]];
    return { name, before, now, state: stateOf(before, now) };
  });
}

/** One line for each case that is not the same, and one that sums up. */
export function describeCounts(compared) {
  const lines = compared
    .filter(({ state }) => state !== 'same')
    .map(({ name, before = 0, now = 0, state }) => {
      const change = before > 0 && now > 0 ? ` (${(100 * (now / before - 1)).toFixed(2)} %)` : '';
      return `${state}: ${name}: ${before} before, ${now} now${change}`;
    });
  const same = compared.length - lines.length;
  const advice =
    lines.length > 0 ? '; where that is on purpose: node bench/instructions/run.js --update' : '';
  return [...lines, `instructions: ${same} of ${compared.length} cases within 1 %${advice}`].join('\n');
}

function stateOf(before, now) {
  if (before === undefined) return 'new';
  if (now === undefined) return 'gone';
  if (now > before * (1 + tolerance)) return 'more';
  return now < before * (1 - tolerance) ? 'fewer' : 'same';
}
