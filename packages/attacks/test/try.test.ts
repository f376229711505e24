import { audit } from '@hebblab/attacks';
import { describe, it } from 'vitest';
import { loadDigits } from './helpers/digits.js';
import * as m from './helpers/maskings.js';
import { classifierOf, modelOf, tinyNetwork, trainTiny } from './helpers/tiny-network.js';

describe('try', () => {
  it('tries', async () => {
    const side = Number(process.env.SIDE ?? 14) as 14 | 28;
    const hidden = Number(process.env.HIDDEN ?? 32);
    const { train, test, inputs, normals } = await loadDigits(side, { train: 1000, test: Number(process.env.N ?? 60) });
    const t0 = Date.now();
    const make = (nonlinearity, sizes, epsilon, learningRate = 0.003, epochs = 8) =>
      modelOf(trainTiny(tinyNetwork([inputs, ...sizes, 10], nonlinearity, normals), train, { epochs, learningRate, epsilon }));
    const plain = make('relu', [hidden], 0);
    const robust = make('relu', [hidden], 0.1, 0.002, 16);
    console.log('trained', Date.now() - t0);
    const cases = {
      plain: () => plain,
      robust: () => robust,
      linear: () => make('relu', [], 0),
      deepTanh: () => make('tanh', [32, 32, 32, 32], 0, 0.002),
      sigmoid: () => make('sigmoid', [32], 0, 0.01),
      power: () => make('relu power', [64], 0, 0.001, 8),
      overtrained: () => make('relu', [32], 0, 0.01, 40),
      scale30: () => m.scaled(plain, 1e30),
      'scale-30': () => m.scaled(plain, 1e-30),
      scale100: () => m.scaled(plain, 100),
      fixedSmoothing: () => m.noisyInputs(plain, normals, 0.1, 4, true),
      scaledGradient: () => m.gradientsChanged(plain, (g) => g / 250),
      rejecting: () => m.rejecting(plain, 1),
      quantised2: () => m.quantised(plain, 2),
      quantised8: () => m.quantised(plain, 8),
      quantised256: () => m.quantised(plain, 256),
      st2: () => m.straightThrough(plain, 2),
      st8: () => m.straightThrough(plain, 8),
      st256: () => m.straightThrough(plain, 256),
      robustSt16: () => m.straightThrough(robust, 16),
      falseSt: () => m.falseStraightThrough(plain, 8),
      satFront400: () => m.saturatedFront(plain, 400),
      satFront40: () => m.saturatedFront(plain, 40),
      satFront100: () => m.saturatedFront(plain, 100),
      satFront15: () => m.saturatedFront(plain, 15),
      tanh50: () => m.tanhOutputs(plain, 50),
      tanh1: () => m.tanhOutputs(plain, 1),
      tanh01: () => m.tanhOutputs(plain, 0.1),
      robustTanh20: () => m.tanhOutputs(robust, 20),
      clip2: () => m.clippedLogits(plain, 2),
      rounded: () => m.roundedLogits(plain, 0.5),
      roundedFine: () => m.roundedLogits(plain, 0.01),
      prob1: () => m.probabilities(plain, 1),
      'prob0.05': () => m.probabilities(plain, 0.05),
      prob30: () => m.probabilities(plain, 30),
      noisyOnce: () => m.noisyLogits(plain, normals, 1, 'once'),
      noisyCall: () => m.noisyLogits(plain, normals, 1, 'each call'),
      noisyImage: () => m.noisyLogits(plain, normals, 1, 'by the image'),
      noisySmall: () => m.noisyLogits(plain, normals, 0.02, 'once'),
      noisyInputs: () => m.noisyInputs(plain, normals, 0.1, 1, false),
      averaged: () => m.noisyInputs(plain, normals, 0.1, 8, false),
      batch: () => m.batchDependent(plain),
      flipped: () => m.gradientsChanged(plain, (g) => -g),
      zero: () => m.gradientsChanged(plain, () => 0),
      nan: () => m.gradientsChanged(plain, () => Number.NaN),
      halfZero: () => m.gradientsChanged(plain, (g, i) => (i % 2 ? g : 0)),
      signed: () => m.gradientsChanged(plain, (g) => Math.sign(g)),
      step: () => make('step', [64], 0),
      haar: () => m.haarRounded(plain, 0.1, true),
      haarZero: () => m.haarRounded(plain, 0.1, false),
    };
    const only = process.env.ONLY?.split(',');
    for (const [name, build] of Object.entries(cases)) {
      if (only && !only.includes(name)) continue;
      const start = Date.now();
      const report = await audit(classifierOf(build()), { ...test, normals, norm: (process.env.NORM as 'l2') ?? 'linf' });
      console.log(
        name.padEnd(14), report.verdict.padEnd(13), `${report.images.correct}/${report.images.given}`, `${Date.now() - start} ms`,
        report.calls.forward, report.calls.gradient,
        '\n    ', report.epsilons.map((e) => `${e.whiteBoxAccuracy.toFixed(2)}/${e.accuracy.toFixed(2)}`).join(' '),
        report.checks.filter((c) => c.status !== 'pass' && c.status !== 'not measured').map((c) => `${c.status}:${c.name} ${JSON.stringify(c.measured)}`).join('\n      '),
        process.env.ALL ? '\n' + JSON.stringify(report.checks.map((c) => [c.name, c.status, c.measured])) : '',
      );
    }
  }, 600_000);
});
