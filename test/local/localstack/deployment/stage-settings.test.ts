import { usualExchange } from '../../../../lib/stages/settings/exchange-settings';
import { gateIoOf } from '../../../fakes/stages';
import { UsageError } from '../../../../cli/command-line';
import { askedStages } from '../../../../lib/stages/asked-stages';
import { stageSettings } from '../../../../local/localstack/deployment/stage-settings';
import {
  EXCHANGE_NAMES,
  type ExchangeName,
} from '../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { baseUrls } from '../../../../local/exchange/exchange-server';
import { addressesOf } from '../../../../local/run/exchange-address';
import { dev } from '../../../../lib/stages/dev';

const BATCHES = {
  transform: { batchSize: 3, windowSeconds: 1 },
  persist: { batchSize: 4, windowSeconds: 2 },
};

function stagesOf(settings: Readonly<Record<string, unknown>>) {
  const [localstack, ofDev] = askedStages('localstack,dev', stageSettings(settings).byStage);
  return { localstack, ofDev };
}

test('what topics, event sources and the rule are made of is for both stages, all else for one', () => {
  const topics = { ...dev.topics, partitions: 3 };
  const settings = {
    topics,
    scheduleMinutes: 5,
    eventSources: BATCHES,
    historyStart: '2026-02-02',
  };
  const { localstack, ofDev } = stagesOf(settings);
  expect(ofDev).toEqual({
    ...dev,
    topics,
    scheduleMinutes: 5,
    eventSources: { ...BATCHES, mode: { kind: 'on-demand' } },
  });
  expect(localstack).toMatchObject({
    historyStart: '2026-02-02',
    topics,
    scheduleMinutes: 5,
    eventSources: { ...BATCHES, mode: { kind: 'none' } },
  });
});

test('without such settings dev stands as it is', () => {
  expect(stagesOf({ historyStart: '2026-02-02' }).ofDev).toEqual(dev);
});

test.each([
  [{ ...BATCHES, mode: { kind: 'provisioned' } }, /eventSources.mode is fixed.* leave it out/],
  [1, /eventSources is 1: give all of/],
])('event sources of another kind are refused: %j', (eventSources, message) => {
  expect(() => stageSettings({ eventSources })).toThrow(message);
});

const CHOSEN = {
  addresses: addressesOf(
    { of: (exchange) => baseUrls('http://exchange:4570', exchange) },
    EXCHANGE_NAMES,
  ),
  pairsOf: () => ['ADA_USDT'],
};
const GATE_IO = { kind: 'gate-io', requestsPer10Seconds: 7, retentionMinutes: 99 };
const OKX = { kind: 'okx', requestsPer10Seconds: 5 };

test('each exchange is where the run reaches it, with the settings that are chosen for it', () => {
  const { url, archiveUrl } = gateIoOf(dev);

  const { byStage, localstack } = stageSettings({ exchanges: [GATE_IO, OKX] }, CHOSEN);

  expect(localstack.exchanges).toEqual([
    {
      ...GATE_IO,
      url: 'http://exchange:4570/api/v4',
      archiveUrl: 'http://exchange:4570/archive',
      pairs: ['ADA_USDT'],
    },
    { ...OKX, url: 'http://exchange:4570/okx', pairs: ['ADA_USDT'] },
  ]);
  expect(byStage['dev']).toEqual({});
  expect(() => stageSettings({ exchanges: [{ ...GATE_IO, url }] }, CHOSEN)).toThrow(
    '--settings: url of gate-io is fixed by --exchange; leave it out',
  );
  expect(() => stageSettings({ exchanges: [{ ...GATE_IO, archiveUrl }] }, CHOSEN)).toThrow(
    '--settings: archiveUrl of gate-io is fixed by --exchange; leave it out',
  );
  expect(() => stageSettings({ exchanges: [GATE_IO, { ...OKX, url }] }, CHOSEN)).toThrow(
    '--settings: url of okx is fixed by --exchange; leave it out',
  );
});

test('the exchanges of the run stand in for those of the stage', () => {
  const exchanges = [usualExchange('binance', ['BTC_USDT']), usualExchange('okx', ['BTC_USDT'])];
  const pairsOf = (exchange: ExchangeName) => (exchange === 'okx' ? ['ETH_USDT'] : undefined);

  const { localstack } = stageSettings({}, { ...CHOSEN, exchanges, pairsOf });

  expect(localstack.exchanges).toMatchObject([
    {
      kind: 'binance',
      pairs: ['BTC_USDT'],
      url: 'http://exchange:4570/binance',
      archiveUrl: 'http://exchange:4570/binance/archive',
    },
    { kind: 'okx', pairs: ['ETH_USDT'], url: 'http://exchange:4570/okx' },
  ]);
});

test('pairs of the settings win over those of the run', () => {
  const { localstack } = stageSettings({ exchanges: [{ ...GATE_IO, pairs: 'BTC_USDT' }] }, CHOSEN);
  expect(gateIoOf(localstack)).toMatchObject({ pairs: ['BTC_USDT'] });
});

test.each([
  [{ topcs: {} }, 'topcs is not a setting. Did you mean "topics"?'],
  [{ name: 'mine' }, 'name is fixed; leave it out'],
  [{ scheduleMinutes: 90 }, 'scheduleMinutes is 90: give at most 60'],
  [{ eventSources: { transform: BATCHES.transform } }, 'eventSources.persist is not set: '],
])('a wrong setting is refused with its remedy: %j', (settings, message) => {
  expect(() => stageSettings(settings)).toThrow(UsageError);
  expect(() => stageSettings(settings)).toThrow(message);
});

test('a partial setting is refused with the whole that it would replace', () => {
  const refused = () => stageSettings({ topics: { partitions: 3 } });
  expect(refused).toThrow('topics.replication is not set: give a whole number from 1 to 3');
  expect(refused).toThrow(`topics is replaced as a whole; it is ${JSON.stringify(dev.topics)}`);
});
