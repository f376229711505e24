import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Plain JavaScript in float64. */
export function mlMatrix() {
  return {
    name: 'ml-matrix',
    async prepare(work, inputs) {
      const compute = works[work.kind]?.(work, inputs);
      if (compute === undefined || work.without?.includes('ml-matrix')) return undefined;
      let values;
      return {
        async run() {
          const start = performance.now();
          values = compute();
          return performance.now() - start;
        },
        result: async () => values(),
        close: async () => undefined,
      };
    },
  };
}

const works = {
  product({ form }, { a, b }) {
    const left = matrixOf(a);
    const right = form === 'NT' ? matrixOf(b).transpose() : matrixOf(b);
    return () => {
      const product = left.mmul(right);
      return () => product.to1DArray();
    };
  },
  eigenvalues(_, { matrix }) {
    const from = matrixOf(matrix);
    return () => {
      const { realEigenvalues } = new EigenvalueDecomposition(from, { assumeSymmetric: true });
      return () => realEigenvalues.toReversed();
    };
  },
};

function matrixOf({ shape, data }) {
  return Matrix.from1DArray(...shape, Array.from(data));
}
