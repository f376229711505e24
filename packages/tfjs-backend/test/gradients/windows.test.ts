import * as tf from '@tensorflow/tfjs-core';
import { type Case, checkGradients } from './check.js';
import { overWindows, type Padding, type Plane } from './windows.js';

const x = Array.from({ length: 110 }, (_, index) => Math.sin(1.7 * index + 0.4) + 0.1 * Math.cos(index));
const plane: Plane = { height: 5, width: 4, channels: 2 };
const imageSize = plane.height * plane.width * plane.channels;
const image = (x: tf.Tensor) => tf.reshape(tf.slice(x, 0, imageSize), [1, 5, 4, 2]) as tf.Tensor4D;
const pixel = (x: number[], row: number, column: number, channel: number) =>
  x[(row * plane.width + column) * plane.channels + channel];

/** 40 numbers of which no two are closer than 0.1, so that no maximum changes within a difference's step. */
const apart = Array.from({ length: imageSize }, (_, index) => ((index * 17) % imageSize) / 10 - 2);

const geometries = (['same', 'valid'] as Padding[]).flatMap((padding) =>
  [1, 2].map((stride) => ({ padding, stride, label: `${padding}, stride ${stride}` })),
);

/** Filters [size, size, 2, 3] and [size, size, 2, 2] follow the image in x. */
const filter = (x: tf.Tensor, size: number, outputs: number) =>
  tf.reshape(tf.slice(x, imageSize, size * size * 2 * outputs), [size, size, 2, outputs]) as tf.Tensor4D;

function convolve(x: number[], size: number, stride: number, padding: Padding): number[] {
  return overWindows(plane, size, stride, padding, (cells) =>
    [0, 1, 2].map((output) =>
      cells.reduce(
        (total, { row, column, cell }) =>
          total +
          [0, 1].reduce(
            (sum, channel) =>
              sum + pixel(x, row, column, channel) * x[imageSize + (cell * 2 + channel) * 3 + output],
            0,
          ),
        0,
      ),
    ),
  );
}

function convolveDepthwise(x: number[], size: number, stride: number, padding: Padding): number[] {
  return overWindows(plane, size, stride, padding, (cells) =>
    [0, 1].flatMap((channel) =>
      [0, 1].map((multiple) =>
        cells.reduce(
          (total, { row, column, cell }) =>
            total + pixel(x, row, column, channel) * x[imageSize + (cell * 2 + channel) * 2 + multiple],
          0,
        ),
      ),
    ),
  );
}

function pool(
  x: number[],
  size: number,
  stride: number,
  padding: Padding,
  take: (values: number[]) => number,
): number[] {
  return overWindows(plane, size, stride, padding, (cells) =>
    [0, 1].map((channel) => take(cells.map(({ row, column }) => pixel(x, row, column, channel)))),
  );
}

const average = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
const largest = (values: number[]) => Math.max(...values);

checkGradients(
  'convolutions',
  geometries.flatMap(({ padding, stride, label }): Case[] => [
    {
      name: `Conv2D 3x3, ${label}`,
      tensors: (x) => tf.conv2d(image(x), filter(x, 3, 3), stride, padding),
      doubles: (x) => convolve(x, 3, stride, padding),
      x: x.slice(0, imageSize + 54),
    },
    {
      name: `DepthwiseConv2dNative 3x3, ${label}`,
      tensors: (x) => tf.depthwiseConv2d(image(x), filter(x, 3, 2), stride, padding),
      doubles: (x) => convolveDepthwise(x, 3, stride, padding),
      x: x.slice(0, imageSize + 36),
    },
  ]),
);

checkGradients('fused convolutions', [
  ...(['linear', 'relu', 'elu'] as const).map(
    (activation): Case => ({
      name: `tf.fused.conv2d, ${activation}`,
      tensors: (x) =>
        tf.fused.conv2d({
          x: image(x),
          filter: filter(x, 3, 3),
          strides: 1,
          pad: 'same',
          bias: tf.slice(x, imageSize, 3),
          activation,
        }),
      doubles: (x) =>
        convolve(x, 3, 1, 'same').map((value, index) => {
          const z = value + x[imageSize + (index % 3)];
          if (activation === 'linear' || z > 0) return z;
          return activation === 'relu' ? 0 : Math.expm1(z);
        }),
      x: x.slice(0, imageSize + 54),
    }),
  ),
  {
    name: 'tf.fused.depthwiseConv2d, relu',
    tensors: (x) =>
      tf.fused.depthwiseConv2d({
        x: image(x),
        filter: filter(x, 3, 2),
        strides: 1,
        pad: 'valid',
        activation: 'relu',
      }),
    doubles: (x) => convolveDepthwise(x, 3, 1, 'valid').map((value) => Math.max(value, 0)),
    x: x.slice(0, imageSize + 36),
  },
  {
    name: 'tf.conv2dTranspose',
    tensors: (x) => {
      // The adjoint of the convolution above: <conv2dTranspose(y), u> = <y, conv2d(u)> for the image u of ones.
      const y = tf.square(tf.conv2d(image(x), filter(x, 3, 3), 1, 'same'));
      return tf.sum(tf.conv2dTranspose(y as tf.Tensor4D, filter(x, 3, 3), [1, 5, 4, 2], 1, 'same'));
    },
    doubles: (x) => {
      const y = convolve(x, 3, 1, 'same');
      const ones = convolve([...Array<number>(imageSize).fill(1), ...x.slice(imageSize)], 3, 1, 'same');
      return [y.reduce((total, value, index) => total + value * value * ones[index], 0)];
    },
    x: x.slice(0, imageSize + 54).map((value) => value / 3),
  },
]);

checkGradients(
  'pooling',
  geometries.flatMap(({ padding, stride, label }): Case[] => [
    {
      name: `MaxPool 3x3, ${label}`,
      tensors: (x) => tf.maxPool(image(x), 3, stride, padding),
      doubles: (x) => pool(x, 3, stride, padding, largest),
      x: apart,
    },
    {
      name: `AvgPool 3x3, ${label}`,
      tensors: (x) => tf.avgPool(image(x), 3, stride, padding),
      doubles: (x) => pool(x, 3, stride, padding, average),
      x: x.slice(0, imageSize),
    },
  ]),
);
