// The published data sets: their files, and the SHA-256 of what is published.
import { cifar10ClassNames, fashionMnistClassNames, mnistClassNames } from '../class-names.js';
import type { ImageSet } from '../images.js';

/** The sets that are not given on with this package and have to be fetched from their authors. */
export type FullSetName = 'mnist' | 'fashion-mnist' | 'cifar-10';

/** A published set, in a folder of its name. */
export interface FullSet {
  readonly name: FullSetName;
  readonly train: number;
  readonly test: number;
  readonly shape: ImageSet['shape'];
  readonly classNames: readonly string[];
  readonly format: 'idx' | 'cifar-10';
  /** How the files are published, for the message that asks for them. */
  readonly published: 'gzipped' | 'in cifar-10-binary.tar.gz';
  readonly files: readonly FullSetFile[];
  /** What can be used where the set is not there. */
  readonly instead: string;
}

/** A file of a set, in its folder under this name or, gzipped, with .gz behind it. */
export interface FullSetFile {
  readonly name: string;
  /** SHA-256 of the content, not gzipped. */
  readonly content: string;
  /** SHA-256 of the gzipped file, where it is published gzipped. */
  readonly gzipped?: string;
  /** SHA-256 of a content that stands for the published one, see `VerifiedFile`. */
  readonly recovered?: string;
}

const mnistFiles: readonly FullSetFile[] = [
  {
    name: 'train-images-idx3-ubyte',
    content: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    gzipped: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  },
  {
    name: 'train-labels-idx1-ubyte',
    content: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    gzipped: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  },
  {
    name: 't10k-images-idx3-ubyte',
    content: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    gzipped: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  },
  {
    name: 't10k-labels-idx1-ubyte',
    content: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    gzipped: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
  },
];

const fashionMnistFiles: readonly FullSetFile[] = [
  {
    name: 'train-images-idx3-ubyte',
    content: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    gzipped: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
  },
  {
    name: 'train-labels-idx1-ubyte',
    content: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    gzipped: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
  },
  {
    name: 't10k-images-idx3-ubyte',
    content: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    gzipped: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
  },
  {
    name: 't10k-labels-idx1-ubyte',
    content: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    gzipped: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
  },
];

const cifar10Files: readonly FullSetFile[] = [
  {
    name: 'data_batch_1.bin',
    content: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  },
  {
    name: 'data_batch_2.bin',
    content: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  },
  {
    name: 'data_batch_3.bin',
    content: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  },
  {
    name: 'data_batch_4.bin',
    content: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  },
  {
    name: 'data_batch_5.bin',
    content: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  },
  {
    name: 'test_batch.bin',
    content: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    recovered: 'fe4fc4c1c7e23a0972f1a9fefeb446403ad00999ac87e90aa54edd2308a16896',
  },
];

/** The published sets. */
export const fullSets: readonly FullSet[] = [
  {
    name: 'mnist',
    train: 60_000,
    test: 10_000,
    shape: [28, 28, 1],
    classNames: mnistClassNames,
    format: 'idx',
    published: 'gzipped',
    files: mnistFiles,
    instead: 'mnist-subset, which is built in',
  },
  {
    name: 'fashion-mnist',
    train: 60_000,
    test: 10_000,
    shape: [28, 28, 1],
    classNames: fashionMnistClassNames,
    format: 'idx',
    published: 'gzipped',
    files: fashionMnistFiles,
    instead: 'fashion-mnist-subset, which is built in',
  },
  {
    name: 'cifar-10',
    train: 50_000,
    test: 10_000,
    shape: [32, 32, 3],
    classNames: cifar10ClassNames,
    format: 'cifar-10',
    published: 'in cifar-10-binary.tar.gz',
    files: cifar10Files,
    instead: 'power-law-images, which is generated',
  },
];
