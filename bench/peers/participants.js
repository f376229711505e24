import { hebblabParticipants } from './hebblab.js';
import { jaxJs } from './jax-js.js';
import { mlMatrix } from './ml-matrix.js';
import { openPython } from './python.js';
import { tfjsParticipants } from './tfjs.js';

/**
 * @typedef {object} Participant
 * @property {string} name
 * @property {(work: import('./works.js').Work, inputs: Record<string, import('./works.js').Matrix>) => Promise<Task | undefined>} prepare
 * nothing where it does not do this work
 */

/**
 * @typedef {object} Task
 * @property {() => Promise<number>} run does the work; milliseconds
 * @property {() => Promise<ArrayLike<number>>} result of the last run
 * @property {() => Promise<void>} close
 */

/** Ours first: the others are compared with it. */
export async function openParticipants(folder) {
  const python = await openPython(folder);
  const javascript = [await jaxJs(), ...tfjsParticipants(), mlMatrix()];
  return {
    all: [...(await hebblabParticipants()), ...javascript, ...python.participants],
    missing: python.missing,
    versions: python.versions,
    close: () => python.close(),
  };
}
