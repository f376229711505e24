/** What figures and tables call an attack. */
export function attackTitle(kind: string): string {
  return titles[kind] ?? kind;
}

/** What they call a loss that is attacked. */
export function lossTitle(loss: string): string {
  return loss === 'with-isometry' ? 'loss of the training' : loss;
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
