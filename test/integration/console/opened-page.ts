import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { bundlePage } from '../../../lib/bundling/bundle-page';
import { FakeQueryApi } from '../../console/fake-query-api';
import type { GeneratedMarket } from '../../console/generated-market';
import { generatedMarkets, generatedRun } from '../../console/generated-markets';
import { type OpenOptions, PageBrowser } from './page-browser';

/** The time at which the API stands when a page is opened. */
export const OPENED_MS = Date.parse('2026-11-26T09:41:07Z');

/** A browser with the console page, before an API of generated candles. */
export class ConsoleBrowser {
  readonly #browser: PageBrowser;
  readonly #pageFolder: string;
  readonly api: FakeQueryApi;

  private constructor(browser: PageBrowser, pageFolder: string, api: FakeQueryApi) {
    this.#browser = browser;
    this.#pageFolder = pageFolder;
    this.api = api;
  }

  static async start(): Promise<ConsoleBrowser> {
    const pageFolder = mkdtempSync(join(tmpdir(), 'console-page-'));
    await bundlePage(pageFolder);
    const startedMs = Date.now();
    const now = (): number => OPENED_MS + Date.now() - startedMs;
    const run = () => generatedRun(now());
    const api = new FakeQueryApi({ pageFolder, markets: generatedMarkets(), now, run });
    const browser = await PageBrowser.start(await api.start());
    return new ConsoleBrowser(browser, pageFolder, api);
  }

  /** Those that the API serves. */
  get markets(): readonly GeneratedMarket[] {
    return this.api.markets;
  }

  async stop(): Promise<void> {
    await this.#browser.stop();
    await this.api.stop();
    rmSync(this.#pageFolder, { recursive: true });
  }

  /** Opens the page in a browser of New York, and waits until its chart is drawn and all is read. */
  open(options: OpenOptions = {}): Promise<Page> {
    return this.#browser.open(options);
  }

  /** What went wrong in any page since the last call. */
  takeProblems(): string[] {
    return this.#browser.takeProblems();
  }
}
