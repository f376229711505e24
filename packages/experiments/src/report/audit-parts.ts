import { auditMatrix, type ReportTable, remainingRobustness } from '@hebblab/report';
import type { AuditResult } from '../measurement-results.js';
import type { RunResults } from '../results.js';
import type { NamedFigure, NamedModels, NamedSection } from './named-figure.js';

/** What the audits of a run found: a matrix of the checks, what is left of the accuracy, and a table with the reasons. */
export function auditParts(entries: NamedModels): Pick<NamedSection, 'figures' | 'tables'> {
  const audited = entries.flatMap(([name, model]) => {
    const seeds = auditsOf(model);
    const { audit, 'adversarial-error': errors } = model.measurements ?? {};
    return audit === undefined || seeds.length === 0 ? [] : [{ name, audit, seeds, fgsm: errors?.fgsm }];
  });
  if (audited.length === 0) return { figures: [], tables: [] };
  const checks = [
    ...new Set(audited.flatMap(({ seeds }) => seeds.flatMap((seed) => Object.keys(seed.checks)))),
  ];
  // The last is the full range.
  const budgets = audited[0]?.audit.epsilons.slice(0, -1).map(({ epsilon }) => epsilon) ?? [];
  const largest = budgets.at(-1);
  const matrix: NamedFigure = {
    file: 'audit',
    svg: auditMatrix({
      checks,
      models: audited.map(({ name, seeds }) => ({
        name,
        verdict: worst(
          verdicts,
          seeds.map(({ verdict }) => verdict),
        ),
        outcomes: checks.map((check) =>
          worst(
            outcomes,
            seeds.map((seed) => seed.checks[check]?.status),
          ),
        ),
      })),
      title: 'Audit',
    }),
    caption: 'What each check found.',
  };
  const remaining = audited.flatMap(({ name, audit, fgsm }) => {
    const at = audit.epsilons.find(({ epsilon }) => epsilon === largest);
    const error = largest === undefined ? undefined : fgsm?.error[fgsm.epsilon.indexOf(largest)];
    if (at === undefined || error === undefined) return [];
    return [{ name, apparent: 1 - error, remaining: (at.accuracy * audit.correct) / audit.images }];
  });
  const left: NamedFigure[] =
    remaining.length === 0
      ? []
      : [
          {
            file: 'remaining-robustness',
            svg: remainingRobustness({
              models: remaining,
              budget: `L∞ ${largest}`,
              attacks: ['FGSM', 'strongest attack of the audit'],
              title: 'What the audit leaves',
            }),
            caption: 'Accuracy on the images of FGSM, and on those of the audit, which are fewer.',
          },
        ];
  return { figures: [matrix, ...left], tables: [auditTable(audited, budgets)] };
}

function auditTable(
  audited: readonly { name: string; audit: AuditResult; seeds: readonly AuditResult[] }[],
  budgets: readonly number[],
): ReportTable {
  return {
    caption:
      'Audit. Shares of the correct images that stand under the white-box attack, and under all attacks.',
    columns: [
      'model',
      'verdict',
      ...budgets.flatMap((epsilon) => [`white box at ${epsilon}`, `all attacks at ${epsilon}`]),
      'why',
    ],
    rows: audited.map(({ name, audit, seeds }) => [
      name,
      verdictText(seeds),
      ...budgets.flatMap((epsilon) => {
        const at = audit.epsilons.find((each) => each.epsilon === epsilon);
        return at === undefined ? [null, null] : [at.whiteBoxAccuracy.toFixed(3), at.accuracy.toFixed(3)];
      }),
      reasons(seeds),
    ]),
  };
}

/** The audits of a model, one a seed. */
export function auditsOf(model: RunResults['models'][string]): AuditResult[] {
  return (model.perSeed ?? [model]).flatMap(({ measurements }) => measurements?.audit ?? []);
}

/** How many seeds have which verdict, from the worst. */
export function verdictText(seeds: readonly AuditResult[]): string {
  return verdicts
    .flatMap((verdict) => {
      const count = seeds.filter((seed) => seed.verdict === verdict).length;
      if (count === 0) return [];
      return [seeds.length === 1 ? verdict : `${verdict} (${count} of ${seeds.length})`];
    })
    .join(', ');
}

/** Sentences of the first seed that has a complaint, of those with the worst verdict first. */
function reasons(seeds: readonly AuditResult[]): string {
  const worstFirst = verdicts.flatMap((verdict) => seeds.filter((seed) => seed.verdict === verdict));
  for (const { checks } of worstFirst) {
    const complaints = Object.entries(checks).filter(
      ([, { status }]) => status === 'fail' || status === 'warn',
    );
    if (complaints.length > 0)
      return complaints.map(([check, { sentence = '' }]) => `${check}: ${sentence}`).join(' ');
  }
  return 'every check passed';
}

/** From the worst. */
const verdicts = ['masked', 'inconclusive', 'trustworthy'] as const;
const outcomes = ['fail', 'warn', 'pass', 'not measured'] as const;

function worst<Value extends string>(
  order: readonly [Value, ...Value[]],
  found: readonly (Value | undefined)[],
): Value {
  return order.find((value) => found.includes(value)) ?? (order.at(-1) as Value);
}
