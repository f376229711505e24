/** How figures and tables call an attack. */
export function attackTitle(attack: string): string {
  return titles[attack] ?? attack;
}

const titles: Readonly<Record<string, string>> = { random: 'random noise', fgsm: 'FGSM' };
