import type { CoverageAnswer, DayRow } from '../../console/answers/answers';
import { NoAnswerError } from '../../console/answers/query-client';
import { type LedgerClient, MarketReader } from '../../console/market-reader';
import { ApiClock } from '../../console/page/api-clock';
import type { PageState } from '../../console/page/page-state';
import { dayRow } from './day-rows';
import { marketRow, pageState } from './page-states';

const MARKET = 'gate-io:BTC_USDT';
const COVERAGE: CoverageAnswer = {
  ...{ market: MARKET, from: '2026-11-01T00:00:00Z', to: '2026-11-26T09:00:00Z' },
  ...{ covered: null, stretches: [] },
};

/** The state of a page that is not drawn. */
class StateAlone {
  state: PageState = pageState();

  set(change: Partial<PageState>): void {
    this.state = { ...this.state, ...change };
  }
}

/** Serves the ledger of one market. */
class OneLedger implements LedgerClient {
  rows: DayRow[] = [];
  isDown = false;
  /** How often coverage was asked for. */
  asked = 0;

  coverage(market: string): Promise<CoverageAnswer> {
    this.asked++;
    if (market !== MARKET) throw new Error(`Asked for ${market}`);
    if (this.isDown) return Promise.reject(new NoAnswerError('it cannot be reached'));
    return Promise.resolve(COVERAGE);
  }

  gaps(market: string) {
    return Promise.resolve({ market, gaps: [] });
  }

  days(market: string) {
    return Promise.resolve({ market, days: this.rows });
  }

  markets(): never {
    throw new Error('Asked for the markets');
  }

  run(): never {
    throw new Error('Asked for the run');
  }
}

function readerOf(client: OneLedger): { reader: MarketReader; store: StateAlone } {
  const store = new StateAlone();
  return { reader: new MarketReader(client, store, new ApiClock()), store };
}

it('reads the ledger if the row says that it has changed, and returns the days that have', async () => {
  const client = new OneLedger();
  const { reader } = readerOf(client);
  client.rows = [dayRow('2026-11-25', { state: 'unsealed', sealedAt: null }), dayRow('2026-11-24')];
  await expect(reader.readLedger(marketRow({ unsealedDays: 1 }))).resolves.toBeUndefined();
  await expect(reader.readLedger(marketRow({ unsealedDays: 1 }))).resolves.toBeUndefined();
  expect(client.asked).toBe(1);
  client.rows = [dayRow('2026-11-25'), dayRow('2026-11-24')];
  await expect(reader.readLedger(marketRow())).resolves.toEqual({
    fromMs: Date.parse('2026-11-25T00:00:00Z'),
    toMs: Date.parse('2026-11-26T00:00:00Z'),
  });
});

it('reads it again if another market was shown since, whose ledger could not be read', async () => {
  const client = new OneLedger();
  const { reader, store } = readerOf(client);
  await reader.readLedger(marketRow());
  store.set({ coverage: undefined, gaps: undefined, days: undefined });
  client.isDown = true;
  await expect(reader.readLedger(marketRow())).rejects.toThrow(NoAnswerError);
  client.isDown = false;
  await reader.readLedger(marketRow());
  expect(store.state.coverage).toBe(COVERAGE);
});
