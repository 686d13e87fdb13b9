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
  const settings = { topics, scheduleMinutes: 5, eventSources: BATCHES, pairs: ['BTC_USDT'] };
  const { localstack, ofDev } = stagesOf(settings);
  expect(ofDev).toEqual({
    ...dev,
    topics,
    scheduleMinutes: 5,
    eventSources: { ...BATCHES, mode: { kind: 'on-demand' } },
  });
  expect(localstack).toMatchObject({
    pairs: ['BTC_USDT'],
    topics,
    scheduleMinutes: 5,
    eventSources: { ...BATCHES, mode: { kind: 'none' } },
  });
});

test('without such settings dev stands as it is', () => {
  expect(stagesOf({ pairs: ['BTC_USDT'] }).ofDev).toEqual(dev);
});

test.each([
  [{ ...BATCHES, mode: { kind: 'provisioned' } }, /eventSources.mode is fixed.* leave it out/],
  [1, /eventSources is 1: give all of/],
])('event sources of another kind are refused: %j', (eventSources, message) => {
  expect(() => stageSettings({ eventSources })).toThrow(message);
});

test('the exchange is the one of the run, with the settings that are chosen for it', () => {
  const urls = {
    url: 'http://exchange:4570/api/v4',
    archiveUrl: 'http://exchange:4570/archive',
  };
  const { url, archiveUrl, ...chosen } = { ...dev.exchange, requestsPer10Seconds: 7 };
  expect({ url, archiveUrl }).not.toEqual(urls);

  const { byStage, localstack } = stageSettings({ exchange: chosen }, urls);

  expect(localstack.exchange).toEqual({ ...chosen, ...urls });
  expect(byStage['dev']).toEqual({});
  expect(() => stageSettings({ exchange: { ...chosen, url } }, urls)).toThrow(
    '--settings: exchange.url is fixed by --exchange; leave it out',
  );
  expect(() => stageSettings({ exchange: { ...chosen, archiveUrl } }, urls)).toThrow(
    '--settings: exchange.archiveUrl is fixed by --exchange; leave it out',
  );
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
