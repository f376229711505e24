/**
 * Whether a suite whose tool is missing must fail instead of being skipped: HEBBLAB_REQUIRE is `all`, as in CI, or a
 * list of suites with this one in it.
 */
export function isRequired(suite: string): boolean {
  const required = (process.env.HEBBLAB_REQUIRE ?? '').split(',');
  return required.includes('all') || required.includes(suite);
}
