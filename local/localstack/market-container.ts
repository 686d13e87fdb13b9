import { type MarketOptions } from '../market/market-server';
import { chooseMarket } from '../market/choose-market';
import { openMarket, openTimedMarket } from '../local-market';

// The market of a LocalStack run, in a container: functions in containers do
// not reach this machine's loopback address.

/** The container's own port and address: this machine's side is published on loopback only. */
const LISTEN: Partial<MarketOptions> = { host: '0.0.0.0', port: 4570 };

async function serve(): Promise<void> {
  const pairs = (process.env['MARKET_PAIRS'] ?? '').split(',').filter((pair) => pair !== '');
  const folder = process.env['MARKET_RECORDINGS'] ?? '';
  const time = process.env['MARKET_TIME'] ?? '';
  const choice = folder === '' ? 'simulated' : folder;
  const market = await (time === ''
    ? openMarket(choice, { ofStage: pairs, asked: undefined }, LISTEN)
    : standingMarket(choice, pairs, time));
  console.log(market.description);
  process.on('SIGTERM', () => void market.stop().then(() => process.exit()));
}

/** A market at which it is always the same time, so that a recorded hour can be asked for at leisure. */
async function standingMarket(choice: string, pairs: readonly string[], time: string) {
  const chosen = await chooseMarket(choice, { pairs });
  if (chosen.kind === 'live') throw new TypeError(`${choice} cannot stand still`);
  const market = await openTimedMarket(chosen.source, chosen.description, LISTEN);
  market.setTime(Date.parse(time));
  return market;
}

void serve();
