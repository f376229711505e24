import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const arrows = readArrows();
const rooms = [...arrows.keys()];

describe('the architecture page', () => {
  it('names every package', () => {
    expect(rooms.toSorted()).toEqual([...readdirSync(path.join(root, 'packages')), 'suites'].toSorted());
  });

  it('is about folders that each have a manifest', () => {
    const without = rooms
      .map((room) => path.join(folderOf(room), 'package.json'))
      .filter((manifest) => !existsSync(manifest));
    expect(without).toEqual([]);
  });

  it('points down only', () => {
    for (const [room, targets] of arrows) {
      for (const target of targets) expect(rooms.indexOf(target), `${room} -> ${target}`).not.toBe(-1);
      for (const target of targets) expect(arrows.get(target), `${target} -> ${room}`).not.toContain(room);
    }
    expect(() => rooms.map((room) => longestWay(room, []))).not.toThrow();
  });
});

describe.each(rooms)('%s', (room) => {
  const sources = sourcesOf(room);

  it('imports exactly the packages of its arrows', () => {
    const imported = new Set(sources.flatMap(importsOf).flatMap(ownRoom));
    expect([...imported].toSorted()).toEqual(arrows.get(room)?.toSorted());
  });

  it('depends in its manifest on exactly the packages of its arrows', () => {
    const manifest = JSON.parse(readFileSync(path.join(folderOf(room), 'package.json'), 'utf8'));
    const dependencies = Object.keys(manifest.dependencies ?? {}).flatMap(ownRoom);
    expect(dependencies.toSorted()).toEqual(arrows.get(room)?.toSorted());
  });

  it('reaches into no other package by a path', () => {
    for (const { file, text } of sources) {
      for (const specifier of relativeImports(text)) {
        const target = path.resolve(path.dirname(file), specifier);
        expect(target.startsWith(`${folderOf(room)}${path.sep}`), `${file} imports ${specifier}`).toBe(true);
      }
    }
  });
});

describe.each(rooms.filter((room) => room !== 'cli' && room !== 'suites'))('%s', (room) => {
  it('neither prints nor ends the process', () => {
    for (const { file, text } of sourcesOf(room)) {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code, file).not.toMatch(/console\.|process\.(exit|stdout|stderr)/);
    }
  });
});

interface Source {
  readonly file: string;
  readonly text: string;
}

function readArrows(): Map<string, string[]> {
  const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  const block = /```arrows\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return new Map(
    block
      .trim()
      .split('\n')
      .map((line) => {
        const [room = '', targets = ''] = line.split('->').map((part) => part.trim());
        return [
          room,
          targets
            .split(',')
            .map((target) => target.trim())
            .filter((target) => target !== ''),
        ];
      }),
  );
}

function longestWay(room: string, before: readonly string[]): number {
  if (before.includes(room)) throw new Error(`circle: ${[...before, room].join(' -> ')}`);
  return 1 + Math.max(0, ...(arrows.get(room) ?? []).map((target) => longestWay(target, [...before, room])));
}

function folderOf(room: string): string {
  return room === 'suites' ? path.join(root, 'bench') : path.join(root, 'packages', room);
}

function sourcesOf(room: string): Source[] {
  const folder = room === 'suites' ? folderOf(room) : path.join(folderOf(room), 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => ({ file: path.join(folder, name), text: readFileSync(path.join(folder, name), 'utf8') }));
}

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier as string);
}

function relativeImports(text: string): string[] {
  return importsOf({ file: '', text }).filter((specifier) => specifier.startsWith('.'));
}

/** The room of one of our packages, none for any other. */
function ownRoom(specifier: string): string[] {
  if (/^hebblab(\/|$)/.test(specifier)) return ['cli'];
  const scoped = /^@hebblab\/([^/]+)/.exec(specifier)?.[1];
  return scoped === undefined ? [] : [scoped];
}
