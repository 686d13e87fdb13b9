import type { ExchangeServerOptions } from '../../exchange/exchange-server';
import { chooseExchange, simulatedCandles } from '../../exchange/choose-exchange';
import { openExchange, openTimedExchange } from '../../run/run-exchange';

// The exchange of a LocalStack run, in a container: functions in containers do
// not reach this machine's loopback address.

/** The port and address inside the container; on this machine it is published on loopback only. */
const LISTEN: Partial<ExchangeServerOptions> = { host: '0.0.0.0', port: 4570 };

async function serve(): Promise<void> {
  const pairs = (process.env['EXCHANGE_PAIRS'] ?? '').split(',').filter((pair) => pair !== '');
  const folder = process.env['EXCHANGE_RECORDINGS'] ?? '';
  const time = process.env['EXCHANGE_TIME'] ?? '';
  const choice = folder === '' ? 'simulated' : folder;
  const exchange = await (time === ''
    ? openExchange(choice, [{ exchange: 'gate-io', pairs, asked: undefined }], LISTEN)
    : exchangeAtFixedTime(choice, pairs, time));
  console.log(exchange.description);
  process.on('SIGTERM', () => void exchange.stop().then(() => process.exit()));
}

/** An exchange whose time stands still, so that a recorded hour stays within its reach. */
async function exchangeAtFixedTime(choice: string, pairs: readonly string[], time: string) {
  const chosen = await chooseExchange(choice, ['gate-io']);
  if (chosen.kind === 'live')
    throw new TypeError(`The time of the exchange ${choice} cannot be fixed`);
  const source = chosen.kind === 'recorded' ? chosen.source : simulatedCandles('gate-io', pairs);
  const exchange = await openTimedExchange(source, chosen.description, LISTEN);
  exchange.setTime(Date.parse(time));
  return exchange;
}

void serve();
