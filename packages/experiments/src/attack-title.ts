/** What figures and tables call an attack. */
export function attackTitle(kind: string): string {
  return titles[kind] ?? kind;
}

const titles: Readonly<Record<string, string>> = {
  random: 'random noise',
  fgsm: 'FGSM',
  pgd: 'PGD',
  minimal: 'minimal norm',
  targeted: 'targeted iterative',
  'second-order': 'second order',
  'clean-gradient-pgd': 'PGD with gradients at the clean image',
};
