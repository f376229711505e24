/** Marks the participants whose last result differs from ours, the first, by more than the work tolerates. */
export async function compareResults({ tolerance }, entries) {
  const [ours, ...others] = entries;
  const expected = await ours.task.result();
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const entry of others) {
    if (entry.state !== 'measured') continue;
    const got = await entry.task.result();
    const worst = Array.from(got).reduce(
      (most, value, index) => Math.max(most, Math.abs(value - expected[index])),
      got.length === expected.length ? 0 : Number.POSITIVE_INFINITY,
    );
    if (worst <= tolerance * largest) continue;
    entry.state = 'failed';
    entry.note = `expected our result within ${tolerance} of its largest value, got a difference of ${worst / largest}`;
  }
}
