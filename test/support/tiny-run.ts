/** What makes of `hebblab run quick` a run of a few seconds that still passes through every stage. */
export const tinySettings: readonly string[] = [
  'models.kh.hidden=20',
  'models.kh.layer.epochs=2',
  'models.kh.pruning={"kind":"none"}',
  'models.kh.readout.epochs=1',
  'models.shlp.hidden=20',
  'models.shlp.epochs=1',
  'spectra={"fitImages":[2,15],"fitNoise":[2,15],"noiseSamples":100}',
  'attacks=[{"kind":"fgsm","images":50,"grid":{"startExponent":-3,"stopExponent":0,"count":5}}]',
  'measurements=[{"kind":"audit","images":4,"epsilons":[0.01],"twins":{}}]',
];

/** The arguments of the command line that carry out the tiny run into a folder. */
export function tinyRunArguments(folder: string, ...more: readonly string[]): string[] {
  return ['run', 'quick', '--out', folder, ...tinySettings.flatMap((setting) => ['--set', setting]), ...more];
}
