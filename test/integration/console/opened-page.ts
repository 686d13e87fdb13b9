import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type ConsoleMessage,
  type Page,
} from 'playwright-core';
import { bundlePage } from '../../../lib/bundling/bundle-page';
import { FakeQueryApi } from '../../console/fake-query-api';
import type { GeneratedMarket } from '../../console/generated-market';
import { generatedMarkets, generatedRun } from '../../console/generated-markets';
import { findChromium } from './find-chromium';

/** The time at which the API stands when a page is opened. */
export const OPENED_MS = Date.parse('2026-11-26T09:41:07Z');

/** Options of a page. */
export interface OpenOptions extends BrowserContextOptions {
  /** The query of its address, such as `?market=gate-io:ETH_USDT`. */
  readonly query?: string;
}

/** A browser with the console page, before an API of generated candles. */
export class ConsoleBrowser {
  readonly #browser: Browser;
  readonly #pageFolder: string;
  readonly markets: readonly GeneratedMarket[] = generatedMarkets();
  readonly api: FakeQueryApi;
  readonly address: string;
  /** All that went wrong in any page since the last look: errors, reports, failed or foreign requests. */
  #problems: string[] = [];

  private constructor(parts: {
    readonly browser: Browser;
    readonly pageFolder: string;
    readonly api: FakeQueryApi;
    readonly address: string;
  }) {
    this.#browser = parts.browser;
    this.#pageFolder = parts.pageFolder;
    this.api = parts.api;
    this.address = parts.address;
  }

  static async start(): Promise<ConsoleBrowser> {
    const executablePath = findChromium();
    const pageFolder = mkdtempSync(join(tmpdir(), 'console-page-'));
    await bundlePage(pageFolder);
    const startedMs = Date.now();
    const now = (): number => OPENED_MS + Date.now() - startedMs;
    const run = () => generatedRun(now());
    const api = new FakeQueryApi({ pageFolder, markets: generatedMarkets(), now, run });
    const address = await api.start();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new ConsoleBrowser({ browser, pageFolder, api, address });
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.api.stop();
    rmSync(this.#pageFolder, { recursive: true });
  }

  /** Opens the page in a browser of New York, and waits until its chart is drawn and all is read. */
  async open({ query = '', ...options }: OpenOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1_440, height: 900 },
      timezoneId: 'America/New_York',
      locale: 'en-US',
      colorScheme: 'light',
      ...options,
    });
    const page = await context.newPage();
    page.on('console', (message) => this.#note(message));
    page.on('pageerror', (error) => this.#problems.push(String(error.stack)));
    page.on('requestfailed', (request) => this.#problems.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(this.address);
      if (!isOwn && !/^(?:data|blob):/.test(request.url())) {
        this.#problems.push(`foreign: ${request.url()}`);
      }
    });
    await page.goto(`${this.address}/${query}`);
    await page.waitForFunction(() => performance.getEntriesByName('chart-drawn').length > 0);
    await page.waitForLoadState('networkidle');
    return page;
  }

  /** What went wrong since the last call. */
  takeProblems(): string[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  #note(message: ConsoleMessage): void {
    const isBad = message.type() === 'error' || message.type() === 'warning';
    if (isBad) this.#problems.push(`${message.type()}: ${message.text()}`);
  }
}
