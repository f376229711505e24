import { workInThread } from './thread-work.js';

addEventListener('message', ({ data }) => workInThread(data, (message) => postMessage(message)), {
  once: true,
});
