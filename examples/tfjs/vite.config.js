export default {
  // Without this the dev server finds these while the worker runs, and ends it to start again.
  optimizeDeps: { include: ['@tensorflow/tfjs-core', '@hebblab/tfjs-backend', '@hebblab/data'] },
  // Threads share memory, which browsers allow to pages with these headers; serve the built page with them too.
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
};
