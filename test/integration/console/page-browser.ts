import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type ConsoleMessage,
  type Page,
} from 'playwright-core';
import { findChromium } from './find-chromium';

/** Options of a page. */
export interface OpenOptions extends BrowserContextOptions {
  /** The query of its address, such as `?market=gate-io:ETH_USDT`. */
  readonly query?: string;
}

/** A browser that opens the console page of one address. */
export class PageBrowser {
  readonly #browser: Browser;
  readonly #address: string;
  /** All that went wrong in any page since the last look: errors, reports, failed or foreign requests. */
  #problems: string[] = [];

  private constructor(browser: Browser, address: string) {
    this.#browser = browser;
    this.#address = address;
  }

  /** @throws NoChromiumError if there is no browser */
  static async start(address: string): Promise<PageBrowser> {
    const executablePath = findChromium();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new PageBrowser(browser, address);
  }

  stop(): Promise<void> {
    return this.#browser.close();
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
      const isOwn = request.url().startsWith(this.#address);
      if (!isOwn && !/^(?:data|blob):/.test(request.url())) {
        this.#problems.push(`foreign: ${request.url()}`);
      }
    });
    await page.goto(`${this.#address}/${query}`);
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
