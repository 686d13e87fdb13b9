import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { PageFile, PageFiles } from './ports';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

/** A file of the page whose kind is not known. */
export class UnknownPageFileError extends Error {
  override readonly name = 'UnknownPageFileError';
}

/**
 * Reads the files of the page: `index.html`, and those of `assets/`. A folder
 * that is missing has none.
 *
 * @throws UnknownPageFileError for a file whose content type is not known
 */
export function readPageFiles(folder: string): PageFiles {
  if (!existsSync(folder)) return new Map();
  const index = pageFile(join(folder, 'index.html'));
  const assets = join(folder, 'assets');
  const names = existsSync(assets) ? readdirSync(assets) : [];
  const files = names.map((name) => [`/assets/${name}`, pageFile(join(assets, name))] as const);
  return new Map([['/', index], ...files]);
}

function pageFile(path: string): PageFile {
  const contentType = CONTENT_TYPES[extname(path)];
  if (contentType === undefined) {
    throw new UnknownPageFileError(
      `${path} is of no kind that the page has; expected one of ${Object.keys(CONTENT_TYPES).join(', ')}`,
    );
  }
  return { contentType, body: readFileSync(path) };
}
