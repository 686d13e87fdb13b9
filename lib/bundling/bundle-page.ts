import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

/** The folder of the page, beside the bundle of the function that serves it. */
export const PAGE_FOLDER = 'page';

/**
 * Size limits of what a browser loads to show the page, all files together:
 * bytes as they are, and compressed by gzip. At present, lightweight-charts
 * takes 170 KB of the first.
 */
export const PAGE_BUDGET = { bytes: 250 * 1_024, gzipBytes: 80 * 1_024 } as const;

const PROJECT = join(__dirname, '..', '..');
const CONSOLE = join(PROJECT, 'console');

/** Packages that the page is made of, whose licences ask to be passed on. */
const NOTICED = ['lightweight-charts', 'lit-html', 'valibot'];

const NOTICE = `TradingView Lightweight Charts™
Copyright (с) 2026 TradingView, Inc. https://www.tradingview.com/

fancy-canvas, Copyright (c) TradingView, Inc., under the MIT License:
https://github.com/tradingview/fancy-canvas
`;

/**
 * Bundles the console page into a folder, which is emptied first: `index.html`,
 * and under `assets/` its script, its styles and the notices of what it is made
 * of. The names of assets change with their content, so that browsers may keep
 * them for ever.
 *
 * @throws BuildFailure of esbuild, which names the file and the line
 */
export async function bundlePage(outputFolder: string): Promise<void> {
  const assets = join(outputFolder, 'assets');
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });
  const names = await bundleAssets(assets);
  const notices = await writeNotices(assets);
  const template = await readFile(join(CONSOLE, 'index.html'), 'utf8');
  const html = filled(template, { SCRIPT: names.script, STYLE: names.style, NOTICES: notices });
  await writeFile(join(outputFolder, 'index.html'), html);
}

async function bundleAssets(folder: string): Promise<{ script: string; style: string }> {
  const { outputs } = await buildAssets(folder);
  const files = Object.keys(outputs).map((path) => basename(path));
  return { script: assetIn(files, '.js'), style: assetIn(files, '.css') };
}

/** Builds the script and the styles of the page into a folder. @returns what went into them */
export async function buildAssets(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: {
      console: join(CONSOLE, 'main.ts'),
      style: join(CONSOLE, 'styles', 'page.css'),
    },
    outdir: folder,
    entryNames: '[name].[hash]',
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
  return metafile;
}

function assetIn(files: readonly string[], extension: string): string {
  const file = files.find((name) => name.endsWith(extension));
  if (file === undefined) throw new Error(`The page has no ${extension} among ${files.join(', ')}`);
  return `/assets/${file}`;
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

/** The licences of what the page is made of: they ask to be passed on with it. */
async function writeNotices(folder: string): Promise<string> {
  const licences = await Promise.all(
    NOTICED.map(async (name) => `${name}\n\n${await licenceOf(name)}`),
  );
  const text = [NOTICE, ...licences].join(`\n${'-'.repeat(72)}\n\n`);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
  const file = `notices.${hash}.txt`;
  await writeFile(join(folder, file), text);
  return `/assets/${file}`;
}

async function licenceOf(name: string): Promise<string> {
  const folder = join(PROJECT, 'node_modules', name);
  for (const file of ['LICENSE', 'LICENSE.md']) {
    try {
      return await readFile(join(folder, file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`The package ${name} has no file LICENSE to pass on`);
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/{{(\w+)}}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`console/index.html asks for an unknown ${name}`);
    return value;
  });
}
