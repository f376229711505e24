import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** A server of files on the loopback interface. */
export interface StaticServer {
  /** Without a slash at its end. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves folders by the first part of an address: `{ page: '/some/folder' }` answers /page/a.js with /some/folder/a.js.
 * Nothing but files below those folders is given. Pages are cross-origin isolated where `headers` are `isolation`.
 */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, mount = '', ...rest] = decodeURIComponent(pathname).split('/');
    const folder = folders[mount];
    const file = folder === undefined ? undefined : path.join(folder, ...rest);
    const type = file === undefined ? undefined : contentTypes[path.extname(file)];
    if (folder === undefined || file === undefined || type === undefined || !file.startsWith(folder)) {
      response.writeHead(404).end();
      return;
    }
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { ...headers, 'content-type': type }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

/** What makes a page cross-origin isolated, so that it may share memory with its workers. */
export const isolation: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
  '.npz': 'application/octet-stream',
};
