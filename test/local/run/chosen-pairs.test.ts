import { dev } from '../../../lib/stages/dev';
import { usualExchange } from '../../../lib/stages/settings/exchange-settings';
import { stageConfig } from '../../../lib/stages/stage-config';
import { UsageError } from '../../../cli/command-line';
import { withPairs } from '../../../local/run/chosen-pairs';
import { gateIoOf } from '../../fakes/stages';

const pairs = (count: number) => Array.from({ length: count }, (_, index) => `PAIR${index}_USDT`);
const BINANCE = usualExchange('binance', ['BTC_USDT']);

test('a thousand pairs of an exchange are followed', () => {
  const [binance, gateIo] = withPairs(dev, [BINANCE, gateIoOf(dev)], { binance: pairs(1_000) });
  expect(binance?.pairs).toEqual(pairs(1_000));
  expect(gateIo).toEqual(gateIoOf(dev));
});

test('more pairs than a tick can ask for are refused, with the remedies', () => {
  const following = () => withPairs(dev, [gateIoOf(dev)], { 'gate-io': pairs(1_000) });
  expect(following).toThrow(UsageError);
  expect(following).toThrow(
    'exchanges.gate-io has 1000 pairs, and a tick every 1 min with 144 requests in 10 s for fetch can follow 576: give fewer pairs, more requests',
  );
});

test('patterns name as many markets as the stage says, or as one shard has time for', () => {
  const expectedOf = (stage = dev, [exchange = BINANCE] = stage.exchanges) =>
    withPairs(stage, [exchange], { [exchange.kind]: ['*_USDT', 'ETH_BTC'] })[0]?.expectedMarkets;
  expect(expectedOf()).toBe(576);
  expect(expectedOf(dev, [BINANCE])).toBe(1_000);
  const expecting = { ...gateIoOf(dev), pairs: ['*_USDT'], expectedMarkets: 300 };
  expect(expectedOf(stageConfig({ ...dev, exchanges: [expecting] }))).toBe(300);
});

test('pairs by their names are as many as they are, whatever the patterns of the stage name', () => {
  const expecting = { ...BINANCE, pairs: ['*_USDT'], expectedMarkets: 1_400 };
  const stage = stageConfig({ ...dev, exchanges: [expecting] });
  const [binance] = withPairs(stage, stage.exchanges, { binance: ['BTC_USDT'] });
  expect(binance?.expectedMarkets).toBeUndefined();
});
