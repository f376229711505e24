import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** A server of the files of a folder on the loopback interface, and of pages that are made. */
export interface PageServer {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Gives out the JavaScript, WebAssembly and JSON below the folders, and the pages by their paths. Pages are cross-origin
 * isolated, so that their clock ticks finely and memory can be shared.
 *
 * @param mounts - folders by the beginning of an address; the longest wins
 */
export async function servePages(
  mounts: Readonly<Record<string, string>>,
  pages: Readonly<Record<string, string>>,
): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const pathname = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { ...isolation, 'content-type': type }).end(body);
    const page = pages[pathname];
    if (page !== undefined) return send('text/html; charset=utf-8', page);
    const mount = Object.keys(mounts)
      .filter((start) => pathname.startsWith(start))
      .sort((first, second) => second.length - first.length)[0];
    const folder = mount === undefined ? undefined : mounts[mount];
    const type = contentTypes[path.extname(pathname)];
    if (mount === undefined || folder === undefined || type === undefined)
      return response.writeHead(404).end();
    const file = path.join(folder, pathname.slice(mount.length));
    if (!file.startsWith(folder + path.sep)) return response.writeHead(404).end();
    try {
      return send(type, await readFile(file));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
