import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { AnyFunction } from '../naming/function-names';
import { bundledPackages } from './bundled-packages';
import { licenceTexts } from './licence-texts';

/** The function that serves the page. */
export const PAGE_FUNCTION = 'query' satisfies AnyFunction;

/** The folder of the page, beside the bundle of the function that serves it. */
export const PAGE_FOLDER = 'page';

/** Size of what a browser loads to show the page, all files together. */
export interface PageSize {
  readonly bytes: number;
  /** Each file compressed by itself. */
  readonly gzipBytes: number;
}

const PROJECT = join(__dirname, '..', '..');
const CONSOLE = join(PROJECT, 'console');

/** Asked for by lightweight-charts, whose package does not have its file NOTICE. */
const NOTICE = `TradingView Lightweight Charts™
Copyright (с) 2026 TradingView, Inc. https://www.tradingview.com/
`;

/**
 * Bundles the console page into a folder, which is emptied first: `index.html`,
 * and under `assets/` its script, its styles and the notices of what it is made
 * of. The names of assets change with their content, so that browsers may keep
 * them for ever.
 *
 * @returns the size of what a browser loads to show it, which is all but the notices
 * @throws BuildFailure of esbuild, which names the file and the line
 */
export async function bundlePage(outputFolder: string): Promise<PageSize> {
  const assets = join(outputFolder, 'assets');
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });
  const { script, style, metafile } = await buildAssets();
  const notices = await licenceTexts(NOTICE, bundledPackages(metafile));
  const template = await readFile(join(CONSOLE, 'index.html'), 'utf8');
  const html = filled(template, {
    SCRIPT: await writeAsset(assets, 'console.js', script),
    STYLE: await writeAsset(assets, 'style.css', style),
    NOTICES: await writeAsset(assets, 'notices.txt', notices),
  });
  await writeFile(join(outputFolder, 'index.html'), html);
  return pageSize(outputFolder);
}

/** The size of what a browser loads to show the page in a folder: all of its files but the notices. */
export async function pageSize(folder: string): Promise<PageSize> {
  const assets = (await readdir(join(folder, 'assets'))).filter((file) => !file.endsWith('.txt'));
  const files = ['index.html', ...assets.map((file) => join('assets', file))];
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const packed = contents.map((content) => gzipSync(content, { level: 9 }));
  return { bytes: Buffer.concat(contents).length, gzipBytes: Buffer.concat(packed).length };
}

/** Contents of the page's assets. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** What went into them. */
  readonly metafile: Metafile;
}

/** Builds the script and the styles of the page. */
export async function buildAssets(): Promise<PageAssets> {
  const { metafile, outputFiles } = await build({
    entryPoints: {
      console: join(CONSOLE, 'main.ts'),
      style: join(CONSOLE, 'styles', 'page.css'),
    },
    outdir: 'assets',
    write: false,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    minify: true,
    // The notices have them.
    legalComments: 'none',
    charset: 'utf8',
    plugins: [withoutIndents],
    metafile: true,
    logLevel: 'warning',
  });
  const textOf = (file: string) => outputFiles.find(({ path }) => basename(path) === file)?.text;
  const [script, style] = [textOf('console.js'), textOf('style.css')];
  if (script === undefined || style === undefined) {
    throw new Error(`The page lacks a file: ${outputFiles.map(({ path }) => path).join(', ')}`);
  }
  return { script: await shortenedScript(script), style, metafile };
}

/** What esbuild leaves, above all in packages that come minified: a fortieth of the script. */
async function shortenedScript(script: string): Promise<string> {
  const { code } = await minify(script, {
    module: true,
    compress: { ecma: 2022, passes: 3 },
    mangle: true,
    format: { ecma: 2022, comments: false },
  });
  return code;
}

/** Writes an asset. @returns its path in the page, which changes with its content */
async function writeAsset(folder: string, file: string, content: string): Promise<string> {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const { name, ext } = parse(file);
  const hashed = `${name}.${hash}${ext}`;
  await writeFile(join(folder, hashed), content);
  return `/assets/${hashed}`;
}

/** Indents are a tenth of the templates, which no minifier shortens. */
const withoutIndents: Plugin = {
  name: 'without-indents',
  setup(plugin) {
    plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(CONSOLE)) return undefined;
      return { contents: (await readFile(path, 'utf8')).replace(/\n +/g, '\n'), loader: 'ts' };
    });
  },
};

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/{{(\w+)}}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`console/index.html asks for an unknown ${name}`);
    return value;
  });
}
