import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@hebblab/tfjs-backend';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

setTestEnvs([{ name: 'hebblab', backendName: 'hebblab', flags: {}, isDataSync: true }]);
await import('@tensorflow/tfjs-core/dist/tests');
// A page cannot see when its module has run to its end.
globalThis.specsDeclared = true;
