/* @ts-self-types="./hebblab.d.ts" */

/**
 * @param {number} learning_rate
 * @param {number} beta1
 * @param {number} beta2
 * @param {number} epsilon
 * @param {number} step
 * @param {number} parameters
 * @param {number} gradient
 * @param {number} first_moment
 * @param {number} second_moment
 * @param {number} length
 */
export function adamStep(learning_rate, beta1, beta2, epsilon, step, parameters, gradient, first_moment, second_moment, length) {
    const ret = wasm.adamStep(learning_rate, beta1, beta2, epsilon, step, parameters, gradient, first_moment, second_moment, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} matrix
 * @param {number} rows
 * @param {number} columns
 * @param {number} bias
 */
export function addRowBias(matrix, rows, columns, bias) {
    const ret = wasm.addRowBias(matrix, rows, columns, bias);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Reserves zeroed memory and returns its offset.
 * @param {number} byte_length
 * @returns {number}
 */
export function allocate(byte_length) {
    const ret = wasm.allocate(byte_length);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0] >>> 0;
}

/**
 * Reserves memory that holds whatever was there before, and returns its offset.
 * @param {number} byte_length
 * @returns {number}
 */
export function allocateUninitialised(byte_length) {
    const ret = wasm.allocateUninitialised(byte_length);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0] >>> 0;
}

/**
 * As [`gemm`] for each pair of matrices `a_of[i]` and `b_of[i]` of the `a_count` in `a` and the `b_count` in `b`.
 * @param {number} form
 * @param {number} rows
 * @param {number} columns
 * @param {number} inner
 * @param {number} a
 * @param {number} a_count
 * @param {number} b
 * @param {number} b_count
 * @param {Uint32Array | number[]} a_of
 * @param {Uint32Array | number[]} b_of
 * @param {number} out
 * @param {number} bias
 * @param {number} row_scale
 * @param {number} power
 */
export function batchedGemm(form, rows, columns, inner, a, a_count, b, b_count, a_of, b_of, out, bias, row_scale, power) {
    const val3 = +form;
    const val4 = +rows;
    const val5 = +columns;
    const val6 = +inner;
    const val7 = +a;
    const val8 = +a_count;
    const val9 = +b;
    const val10 = +b_count;
    const val11 = +out;
    const val12 = +bias;
    const val13 = +row_scale;
    const val14 = +power;
    let ptr0, len0, ptr1, len1;
    try {
        ptr0 = passArray32ToWasm0(a_of, wasm.__wbindgen_malloc);
        len0 = WASM_VECTOR_LEN;
        ptr1 = passArray32ToWasm0(b_of, wasm.__wbindgen_malloc);
        len1 = WASM_VECTOR_LEN;
    } catch (e) {
        if (ptr1) { wasm.__wbindgen_free(ptr1, len1 * 4, 4); }
        if (ptr0) { wasm.__wbindgen_free(ptr0, len0 * 4, 4); }
        throw e;
    }
    const ret = wasm.batchedGemm(val3, val4, val5, val6, val7, val8, val9, val10, ptr0, len0, ptr1, len1, val11, val12, val13, val14);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `function` is a place in one of the lists below. The dimensions of the output, size after size, leading ones where
 * there are fewer than six; bit i of `of_first` and `of_second` says whether an operand has dimension i.
 * An operand that has all of them may be `out`.
 * @param {number} _function
 * @param {number} sizes_0
 * @param {number} sizes_1
 * @param {number} sizes_2
 * @param {number} sizes_3
 * @param {number} sizes_4
 * @param {number} sizes_5
 * @param {number} of_first
 * @param {number} of_second
 * @param {number} a
 * @param {number} b
 * @param {number} out
 */
export function binary(_function, sizes_0, sizes_1, sizes_2, sizes_3, sizes_4, sizes_5, of_first, of_second, a, b, out) {
    const ret = wasm.binary(_function, sizes_0, sizes_1, sizes_2, sizes_3, sizes_4, sizes_5, of_first, of_second, a, b, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} pixels
 * @param {number} scales
 * @param {number} count
 * @param {number} size
 * @param {number} out
 */
export function bytesToFloats(pixels, scales, count, size, out) {
    const ret = wasm.bytesToFloats(pixels, scales, count, size, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `from` and `to`: 0 float32, 1 int32, 2 uint8.
 * @param {number} from
 * @param {number} to
 * @param {number} input
 * @param {number} out
 * @param {number} length
 */
export function cast(from, to, input, out, length) {
    const ret = wasm.cast(from, to, input, out, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `property`: 0 NaN, 1 infinite, 2 finite (of float32), 3 false (of uint8).
 * @param {number} property
 * @param {number} input
 * @param {number} out
 * @param {number} length
 */
export function classify(property, input, out, length) {
    const ret = wasm.classify(property, input, out, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} matrix
 * @param {number} rows
 * @param {number} columns
 * @param {number} out
 */
export function columnSums(matrix, rows, columns, out) {
    const ret = wasm.columnSums(matrix, rows, columns, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `operation`: 0 is `conv2d` of (input, filter), with `bias` where that is not 0; 1 its gradient by the input, of
 * (gradient by the output, filter); 2 its gradient by the filter, of (input, gradient by the output); 3, 4 and 5 the same
 * of depthwise convolutions. For `geometry` see [`read_geometry`].
 * @param {number} operation
 * @param {Uint32Array | number[]} geometry
 * @param {number} first
 * @param {number} second
 * @param {number} bias
 * @param {boolean} relu
 * @param {number} out
 */
export function convolution(operation, geometry, first, second, bias, relu, out) {
    const val2 = +operation;
    const val3 = +first;
    const val4 = +second;
    const val5 = +bias;
    const val6 = +relu;
    const val7 = +out;
    const ptr0 = passArray32ToWasm0(geometry, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.convolution(val2, ptr0, len0, val3, val4, val5, val6, val7);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `dimensions` holds a size, the stride in `from` and the stride in `to` for each dimension.
 * @param {number} bytes
 * @param {Int32Array | number[]} dimensions
 * @param {number} from
 * @param {number} from_length
 * @param {number} from_first
 * @param {number} to
 * @param {number} to_length
 * @param {number} to_first
 */
export function copyStrided(bytes, dimensions, from, from_length, from_first, to, to_length, to_first) {
    const val2 = +bytes;
    const val3 = +from;
    const val4 = +from_length;
    const val5 = +from_first;
    const val6 = +to;
    const val7 = +to_length;
    const val8 = +to_first;
    const ptr0 = passArray32ToWasm0(dimensions, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.copyStrided(val2, ptr0, len0, val3, val4, val5, val6, val7, val8);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} samples
 * @param {number} count
 * @param {number} features
 * @param {number} out
 */
export function covariance(samples, count, features, out) {
    const ret = wasm.covariance(samples, count, features, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} p
 * @param {number} weights
 * @param {number} out
 * @param {number} length
 */
export function effectiveWeights(p, weights, out, length) {
    const ret = wasm.effectiveWeights(p, weights, out, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} bytes
 * @param {number} value
 * @param {number} to
 * @param {number} length
 */
export function fill(bytes, value, to, length) {
    const ret = wasm.fill(bytes, value, to, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} seed
 * @param {string} stream
 * @param {number} first
 * @param {number} out
 * @param {number} length
 */
export function fillNormal(seed, stream, first, out, length) {
    const val2 = +seed;
    const val3 = +first;
    const val4 = +out;
    const val5 = +length;
    const ptr0 = passStringToWasm0(stream, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.fillNormal(val2, ptr0, len0, val3, val4, val5);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} seed
 * @param {string} stream
 * @param {number} first
 * @param {number} out
 * @param {number} length
 */
export function fillUniform(seed, stream, first, out, length) {
    const val2 = +seed;
    const val3 = +first;
    const val4 = +out;
    const val5 = +length;
    const ptr0 = passStringToWasm0(stream, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.fillUniform(val2, ptr0, len0, val3, val4, val5);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} bytes
 * @param {number} batches
 * @param {number} outer
 * @param {number} axis
 * @param {number} inner
 * @param {number} indices
 * @param {number} from
 * @param {number} index
 * @param {number} to
 */
export function gather(bytes, batches, outer, axis, inner, indices, from, index, to) {
    const ret = wasm.gather(bytes, batches, outer, axis, inner, indices, from, index, to);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `form`: 0 NN, 1 NT, 2 TN, 3 TT; see `hebblab_core::gemm::Form`. `bias` and `row_scale` are 0 where there is none;
 * `power` is 0 for no activation, 1 for the ReLU.
 * @param {number} form
 * @param {number} rows
 * @param {number} columns
 * @param {number} inner
 * @param {number} a
 * @param {number} b
 * @param {number} out
 * @param {number} bias
 * @param {number} row_scale
 * @param {number} power
 */
export function gemm(form, rows, columns, inner, a, b, out, bias, row_scale, power) {
    const ret = wasm.gemm(form, rows, columns, inner, a, b, out, bias, row_scale, power);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} pixels
 * @param {number} count
 * @param {number} size
 * @param {number} p
 * @param {number} scales
 */
export function inverseLpNormsOfBytes(pixels, count, size, p, scales) {
    const ret = wasm.inverseLpNormsOfBytes(pixels, count, size, p, scales);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Writes coarse integers of effective weights, and projects what these leave of them.
 * @param {number} inputs
 * @param {number} hidden
 * @param {number} dimensions
 * @param {number} basis
 * @param {number} defect
 * @param {number} effective
 * @param {number} bytes
 * @param {number} units
 * @param {number} coefficients
 * @param {number} tails
 */
export function krotovHopfieldCoarse(inputs, hidden, dimensions, basis, defect, effective, bytes, units, coefficients, tails) {
    const ret = wasm.krotovHopfieldCoarse(inputs, hidden, dimensions, basis, defect, effective, bytes, units, coefficients, tails);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `ranking`: 0 the whole product, 1 the screen, 2 the sieve. Returns max |dW|, how winners were found, and the
 * candidates, survivors and touched units.
 * @param {number} p
 * @param {number} k
 * @param {number} delta
 * @param {number} radius
 * @param {number} precision
 * @param {number} inputs
 * @param {number} hidden
 * @param {number} learning_rate
 * @param {number} count
 * @param {number} samples
 * @param {number} scales
 * @param {number} weights
 * @param {number} effective
 * @param {number} winner
 * @param {number} rival
 * @param {number} ranking
 * @param {number} quantised
 * @param {number} units
 * @param {number} dimensions
 * @param {number} basis
 * @param {number} defect
 * @param {number} unit_coefficients
 * @param {number} unit_tails
 * @param {number} coarse_bytes
 * @param {number} coarse_units
 * @param {number} sample_coefficients
 * @param {number} sample_tails
 * @returns {Float64Array}
 */
export function krotovHopfieldMinibatchStep(p, k, delta, radius, precision, inputs, hidden, learning_rate, count, samples, scales, weights, effective, winner, rival, ranking, quantised, units, dimensions, basis, defect, unit_coefficients, unit_tails, coarse_bytes, coarse_units, sample_coefficients, sample_tails) {
    const ret = wasm.krotovHopfieldMinibatchStep(p, k, delta, radius, precision, inputs, hidden, learning_rate, count, samples, scales, weights, effective, winner, rival, ranking, quantised, units, dimensions, basis, defect, unit_coefficients, unit_tails, coarse_bytes, coarse_units, sample_coefficients, sample_tails);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v1 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v1;
}

/**
 * Projects rows of float32 values, or of bytes.
 * @param {number} inputs
 * @param {number} dimensions
 * @param {number} basis
 * @param {number} defect
 * @param {number} count
 * @param {number} rows
 * @param {boolean} are_bytes
 * @param {number} coefficients
 * @param {number} tails
 */
export function krotovHopfieldProject(inputs, dimensions, basis, defect, count, rows, are_bytes, coefficients, tails) {
    const ret = wasm.krotovHopfieldProject(inputs, dimensions, basis, defect, count, rows, are_bytes, coefficients, tails);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Returns how far the basis is from orthonormal.
 * @param {number} inputs
 * @param {number} dimensions
 * @param {number} basis
 * @returns {number}
 */
export function krotovHopfieldProjection(inputs, dimensions, basis) {
    const ret = wasm.krotovHopfieldProjection(inputs, dimensions, basis);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
}

/**
 * @param {number} inputs
 * @param {number} hidden
 * @param {number} effective
 * @param {number} quantised
 * @param {number} units
 */
export function krotovHopfieldScreen(inputs, hidden, effective, quantised, units) {
    const ret = wasm.krotovHopfieldScreen(inputs, hidden, effective, quantised, units);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} p
 * @param {number} k
 * @param {number} delta
 * @param {number} radius
 * @param {number} precision
 * @param {number} inputs
 * @param {number} hidden
 * @param {number} learning_rate
 * @param {number} count
 * @param {number} samples
 * @param {number} scales
 * @param {number} weights
 * @param {number} effective
 */
export function krotovHopfieldSequentialStep(p, k, delta, radius, precision, inputs, hidden, learning_rate, count, samples, scales, weights, effective) {
    const ret = wasm.krotovHopfieldSequentialStep(p, k, delta, radius, precision, inputs, hidden, learning_rate, count, samples, scales, weights, effective);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} matrix
 * @param {number} size
 * @param {number} tolerance
 * @param {number} max_iterations
 * @param {number} vector
 * @returns {Float64Array}
 */
export function largestEigenpair(matrix, size, tolerance, max_iterations, vector) {
    const ret = wasm.largestEigenpair(matrix, size, tolerance, max_iterations, vector);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v1 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v1;
}

/**
 * Bytes that are allocated now, buffers and workspaces together.
 * @returns {number}
 */
export function liveBytes() {
    const ret = wasm.liveBytes();
    return ret >>> 0;
}

/**
 * @param {number} matrix
 * @param {number} rows
 * @param {number} columns
 * @param {number} p
 * @param {number} out
 */
export function lpNorms(matrix, rows, columns, p, out) {
    const ret = wasm.lpNorms(matrix, rows, columns, p, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `on` and `off` are the bits of the values, in their lowest byte where an element has one.
 * @param {number} bytes
 * @param {number} indices
 * @param {number} count
 * @param {number} depth
 * @param {number} on
 * @param {number} off
 * @param {number} to
 */
export function oneHot(bytes, indices, count, depth, on, off, to) {
    const ret = wasm.oneHot(bytes, indices, count, depth, on, off, to);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} seed
 * @param {string} stream
 * @param {number} out
 * @param {number} length
 */
export function permutation(seed, stream, out, length) {
    const val2 = +seed;
    const val3 = +out;
    const val4 = +length;
    const ptr0 = passStringToWasm0(stream, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.permutation(val2, ptr0, len0, val3, val4);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `operation`: 0 is `maxPool` and 1 `avgPool` of (input); 2 the gradient of the former, of (gradient by the output,
 * input); 3 that of the latter, of (gradient by the output), and 4 the same divided by all places of the filter.
 * @param {number} operation
 * @param {Uint32Array | number[]} geometry
 * @param {number} first
 * @param {number} second
 * @param {number} out
 */
export function pooling(operation, geometry, first, second, out) {
    const val2 = +operation;
    const val3 = +first;
    const val4 = +second;
    const val5 = +out;
    const ptr0 = passArray32ToWasm0(geometry, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.pooling(val2, ptr0, len0, val3, val4, val5);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `reduction`: 0 sum, 1 mean, 2 product, 3 max, 4 min of float32; 5 argMax, 6 argMin to int32; 7 all, 8 any of uint8.
 * @param {number} reduction
 * @param {number} outer
 * @param {number} reduced
 * @param {number} inner
 * @param {number} input
 * @param {number} out
 */
export function reduce(reduction, outer, reduced, inner, input, out) {
    const ret = wasm.reduce(reduction, outer, reduced, inner, input, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Returns memory that one of the two gave for the same length.
 * @param {number} offset
 * @param {number} byte_length
 */
export function release(offset, byte_length) {
    const ret = wasm.release(offset, byte_length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Frees what kernels keep between calls; they take it again when next needed.
 */
export function releaseWorkspaces() {
    wasm.releaseWorkspaces();
}

/**
 * @param {number} values
 * @param {number} length
 * @param {number} power
 */
export function reluPower(values, length, power) {
    const ret = wasm.reluPower(values, length, power);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} preactivations
 * @param {number} gradient
 * @param {number} length
 * @param {number} power
 */
export function reluPowerBackward(preactivations, gradient, length, power) {
    const ret = wasm.reluPowerBackward(preactivations, gradient, length, power);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Each of `conditions` stands for as many neighbours as the output is longer. Elements have 4 bytes, or 1 where they are
 * bytes.
 * @param {boolean} are_bytes
 * @param {number} condition
 * @param {number} conditions
 * @param {number} yes
 * @param {number} no
 * @param {number} out
 * @param {number} length
 */
export function select(are_bytes, condition, conditions, yes, no, out, length) {
    const ret = wasm.select(are_bytes, condition, conditions, yes, no, out, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {boolean} logarithm
 * @param {number} rows
 * @param {number} columns
 * @param {number} input
 * @param {number} out
 */
export function softmax(logarithm, rows, columns, input, out) {
    const ret = wasm.softmax(logarithm, rows, columns, input, out);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} logits
 * @param {number} labels
 * @param {number} batch
 * @param {number} classes
 * @param {number} gradient_scale
 * @param {number} losses
 * @param {number} gradient
 * @returns {number}
 */
export function softmaxCrossEntropy(logits, labels, batch, classes, gradient_scale, losses, gradient) {
    const ret = wasm.softmaxCrossEntropy(logits, labels, batch, classes, gradient_scale, losses, gradient);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
}

/**
 * @param {number} matrix
 * @param {number} rows
 * @param {number} columns
 * @param {number} tolerance
 * @param {number} max_iterations
 * @param {number} right_vector
 * @returns {Float64Array}
 */
export function spectralNorm(matrix, rows, columns, tolerance, max_iterations, right_vector) {
    const ret = wasm.spectralNorm(matrix, rows, columns, tolerance, max_iterations, right_vector);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v1 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v1;
}

/**
 * The matrix is overwritten.
 * @param {number} matrix
 * @param {number} size
 * @param {number} values
 * @param {number} vectors
 */
export function symmetricEigen(matrix, size, values, vectors) {
    const ret = wasm.symmetricEigen(matrix, size, values, vectors);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * The matrix is overwritten.
 * @param {number} matrix
 * @param {number} size
 * @param {number} values
 */
export function symmetricEigenvalues(matrix, size, values) {
    const ret = wasm.symmetricEigenvalues(matrix, size, values);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Lets every worker return from `threadsWork`.
 */
export function threadsEnd() {
    wasm.threadsEnd();
}

/**
 * Where the number of a worker that failed is written: by JavaScript, since a trap ends the code here.
 * @returns {number}
 */
export function threadsFailedOffset() {
    const ret = wasm.threadsFailedOffset();
    return ret >>> 0;
}

/**
 * Runs a job of which every piece but the caller's traps: for the tests of what happens then.
 */
export function threadsTrap() {
    const ret = wasm.threadsTrap();
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Takes part in jobs as thread number `thread`, from 1 on; returns after `threadsEnd`.
 * @param {number} thread
 */
export function threadsWork(thread) {
    wasm.threadsWork(thread);
}

/**
 * How many workers take part in jobs.
 * @returns {number}
 */
export function threadsWorkers() {
    const ret = wasm.threadsWorkers();
    return ret >>> 0;
}

/**
 * Of the symmetric matrix [size, size] where `samples` is 0, else of the covariance of that many samples
 * [samples, size].
 * @param {number} input
 * @param {number} samples
 * @param {number} size
 * @param {number} count
 * @param {number} tolerance
 * @param {number} max_iterations
 * @param {number} values
 * @param {number} vectors
 * @param {number} residuals
 * @returns {Float64Array}
 */
export function topEigenpairs(input, samples, size, count, tolerance, max_iterations, values, vectors, residuals) {
    const ret = wasm.topEigenpairs(input, samples, size, count, tolerance, max_iterations, values, vectors, residuals);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v1 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v1;
}

/**
 * Of floats, or of signed integers.
 * @param {boolean} integers
 * @param {number} from
 * @param {number} rows
 * @param {number} columns
 * @param {number} k
 * @param {number} values
 * @param {number} indices
 */
export function topK(integers, from, rows, columns, k, values, indices) {
    const ret = wasm.topK(integers, from, rows, columns, k, values, indices);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `function` is a place in the list below; `first` and `second` are its parameters where it has any.
 * `input` may be `out`.
 * @param {number} _function
 * @param {number} first
 * @param {number} second
 * @param {number} input
 * @param {number} out
 * @param {number} length
 */
export function unary(_function, first, second, input, out, length) {
    const ret = wasm.unary(_function, first, second, input, out, length);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} values
 * @param {number} count
 * @param {number} units
 * @param {number} winner
 */
export function winners(values, count, units, winner) {
    const ret = wasm.winners(values, count, units, winner);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * @param {number} values
 * @param {number} count
 * @param {number} units
 * @param {number} k
 * @param {number} winner
 * @param {number} rival
 */
export function winnersAndRivals(values, count, units, k, winner, rival) {
    const ret = wasm.winnersAndRivals(values, count, units, k, winner, rival);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}
function __wbg_get_imports(memory) {
    const import0 = {
        __proto__: null,
        __wbg_Error_208446807d0d1e30: function(arg0, arg1) {
            const ret = Error(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbindgen_init_externref_table: function() {
            const table = wasm.__wbindgen_externrefs;
            table.set(0, undefined);
            table.set(1024, undefined);
            table.set(1025, null);
            table.set(1026, true);
            table.set(1027, false);
        },
        memory: memory || new WebAssembly.Memory({initial:18,maximum:65536,shared:true}),
    };
    return {
        __proto__: null,
        "./hebblab_bg.js": import0,
    };
}

function getArrayF64FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getFloat64ArrayMemory0().subarray(ptr / 8, ptr / 8 + len);
}

let cachedFloat64ArrayMemory0 = null;
function getFloat64ArrayMemory0() {
    if (cachedFloat64ArrayMemory0 === null || cachedFloat64ArrayMemory0.buffer !== wasm.memory.buffer) {
        cachedFloat64ArrayMemory0 = new Float64Array(wasm.memory.buffer);
    }
    return cachedFloat64ArrayMemory0;
}

function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

let cachedUint32ArrayMemory0 = null;
function getUint32ArrayMemory0() {
    if (cachedUint32ArrayMemory0 === null || cachedUint32ArrayMemory0.buffer !== wasm.memory.buffer) {
        cachedUint32ArrayMemory0 = new Uint32Array(wasm.memory.buffer);
    }
    return cachedUint32ArrayMemory0;
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function passArray32ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 4, 4) >>> 0;
    getUint32ArrayMemory0().set(arg, ptr / 4);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
}

function takeFromExternrefTable0(idx) {
    const value = wasm.__wbindgen_externrefs.get(idx);
    wasm.__externref_table_dealloc(idx);
    return value;
}

let cachedTextDecoder = (typeof TextDecoder !== 'undefined' ? new TextDecoder('utf-8', { ignoreBOM: true }) : undefined);
if (cachedTextDecoder) cachedTextDecoder.decode();

const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(bytes) {
    numBytesDecoded += bytes.length;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
        cachedTextDecoder.decode();
        numBytesDecoded = bytes.length;
    }
    return cachedTextDecoder.decode(bytes.slice());
}

const cachedTextEncoder = (typeof TextEncoder !== 'undefined' ? new TextEncoder() : undefined);

if (cachedTextEncoder) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module, thread_stack_size) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedFloat64ArrayMemory0 = null;
    cachedUint32ArrayMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    if (typeof thread_stack_size !== 'undefined' && (typeof thread_stack_size !== 'number' || thread_stack_size === 0 || thread_stack_size % 65536 !== 0)) {
        throw new Error('invalid stack size');
    }

    wasm.__wbindgen_start(thread_stack_size);
    return wasm;
}

async function __wbg_load(module, imports) {
    if (typeof Response === 'function' && module instanceof Response) {
        if (!module.ok) {
            throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
        }

        if (typeof WebAssembly.instantiateStreaming === 'function') {
            try {
                return await WebAssembly.instantiateStreaming(module, imports);
            } catch (e) {
                const validResponse = expectedResponseType(module.type);

                if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
                    console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);

                } else { throw e; }
            }
        }

        const bytes = await module.arrayBuffer();
        return await WebAssembly.instantiate(bytes, imports);
    } else {
        const instance = await WebAssembly.instantiate(module, imports);

        if (instance instanceof WebAssembly.Instance) {
            return { instance, module };
        } else {
            return instance;
        }
    }

    function expectedResponseType(type) {
        switch (type) {
            case 'basic': case 'cors': case 'default': return true;
        }
        return false;
    }
}

function initSync(module, memory) {

    let thread_stack_size
    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module, memory, thread_stack_size} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
    }

    const imports = __wbg_get_imports(memory);
    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
    const instance = new WebAssembly.Instance(module, imports);
    return __wbg_finalize_init(instance, module, thread_stack_size);
}

let __wbg_init_promise;
async function __wbg_init(module_or_path, memory) {
    {
        __wbg_init_promise = __wbg_init_once(module_or_path, memory);
        __wbg_init_promise.catch(() => { __wbg_init_promise = undefined; });
    }
    return __wbg_init_promise;
}

async function __wbg_init_once(module_or_path, memory) {
    let thread_stack_size
    if (module_or_path !== undefined) {
        if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
            ({module_or_path, memory, thread_stack_size} = module_or_path)
        } else {
            console.warn('using deprecated parameters for the initialization function; pass a single object instead')
        }
    }

    if (module_or_path === undefined) {
        module_or_path = new URL('hebblab_bg.wasm', import.meta.url);
    }
    const imports = __wbg_get_imports(memory);

    if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
        module_or_path = fetch(module_or_path);
    }

    const { instance, module } = await __wbg_load(await module_or_path, imports);

    return __wbg_finalize_init(instance, module, thread_stack_size);
}

export { initSync, __wbg_init as default };
