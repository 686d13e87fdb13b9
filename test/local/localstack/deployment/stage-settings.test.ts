import { usualExchange } from '../../../../lib/stages/settings/exchange-settings';
import { gateIoOf } from '../../../fakes/stages';
import { UsageError } from '../../../../cli/command-line';
import { askedStages } from '../../../../lib/stages/asked-stages';
import { stageSettings } from '../../../../local/localstack/deployment/stage-settings';
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
  url: 'http://exchange:4570/api/v4',
  archiveUrl: 'http://exchange:4570/archive',
  pairs: ['ADA_USDT'],
};

test('Gate.io is the exchange of the run, with the settings that are chosen for it', () => {
  const { url, archiveUrl } = gateIoOf(dev);
  const chosen = { kind: 'gate-io', requestsPer10Seconds: 7, retentionMinutes: 99 };
  const okx = usualExchange('okx', ['BTC_USDT']);

  const { byStage, localstack } = stageSettings({ exchanges: [chosen, okx] }, CHOSEN);

  expect(localstack.exchanges).toEqual([{ ...chosen, ...CHOSEN }, okx]);
  expect(byStage['dev']).toEqual({});
  expect(() => stageSettings({ exchanges: [{ ...chosen, url }] }, CHOSEN)).toThrow(
    '--settings: url of gate-io is fixed by --exchange; leave it out',
  );
  expect(() => stageSettings({ exchanges: [{ ...chosen, archiveUrl }] }, CHOSEN)).toThrow(
    '--settings: archiveUrl of gate-io is fixed by --exchange; leave it out',
  );
});

test('pairs of the settings win over those of the run', () => {
  const chosen = { kind: 'gate-io', requestsPer10Seconds: 7, retentionMinutes: 99 };
  const { localstack } = stageSettings({ exchanges: [{ ...chosen, pairs: 'BTC_USDT' }] }, CHOSEN);
  expect(gateIoOf(localstack)).toMatchObject({ url: CHOSEN.url, pairs: ['BTC_USDT'] });
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
