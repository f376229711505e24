import { firstSteps } from './works.js';

/**
 * Takes the first steps, reports their losses, then takes as many as the parent process asks for, or says what a step spends
 * its time on.
 *
 * @param {{ step(): number | Promise<number>, operationsAStep: number, profile?: () => Promise<Record<string, number>> }} task
 * `profile` gives the share of each kernel
 */
export async function serve({ step, operationsAStep, profile }) {
  const losses = [];
  for (let index = 0; index < firstSteps; index++) losses.push(await step());
  const milliseconds = await timeOf(1);
  process.send({ losses, milliseconds });
  process.on('message', async ({ steps }) => {
    if (steps === 0) process.send({ shares: await profile?.() });
    else process.send({ milliseconds: (await timeOf(steps)) / operationsAStep });
  });

  async function timeOf(steps) {
    const start = performance.now();
    for (let index = 0; index < steps; index++) await step();
    return (performance.now() - start) / steps;
  }
}
