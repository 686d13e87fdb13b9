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
    ...{ topics, scheduleMinutes: 5, eventSources: { ...BATCHES, mode: { kind: 'on-demand' } } },
  });
  expect(localstack).toMatchObject({
    ...{ pairs: ['BTC_USDT'], topics, scheduleMinutes: 5 },
    eventSources: { ...BATCHES, mode: { kind: 'none' } },
  });
});

test('without such settings dev stands as it is', () => {
  expect(stagesOf({ pairs: ['BTC_USDT'] }).ofDev).toEqual(dev);
});

test.each([
  [{ ...BATCHES, mode: { kind: 'provisioned' } }, /eventSources.mode is fixed.* leave it out/],
  [1, /eventSources is 1: give all of it, such as \{"eventSources":\{"transform":/],
])('event sources of another kind are refused: %j', (eventSources, message) => {
  expect(() => stageSettings({ eventSources })).toThrow(message);
});

test.each([
  [{ topcs: {} }, 'there is no setting "topcs". Did you mean "topics"?'],
  [{ zzz: 1 }, 'there is no setting "zzz". Choose one of pairs, '],
  [{ name: 'mine' }, 'there is no setting "name".'],
  [
    { topics: { ...dev.topics, partitons: 3 } },
    'topics has no setting "partitons". Did you mean "partitions"?',
  ],
  [
    { eventSources: { ...BATCHES, persist: { batchSize: 4 } } },
    'eventSources.persist is replaced as a whole and lacks windowSeconds: give all of it, such as {"eventSources":{"persist":{"batchSize":4,"windowSeconds":',
  ],
  [{ scheduleMinutes: 90 }, 'scheduleMinutes is 90: give at most 60'],
])('a wrong setting is refused with its remedy: %j', (settings, message) => {
  expect(() => stageSettings(settings)).toThrow(UsageError);
  expect(() => stageSettings(settings)).toThrow(message);
});

test('a partial setting is refused with what it would be as a whole', () => {
  const { partitions, ...others } = dev.topics;
  const whole = JSON.stringify({ topics: { ...dev.topics, partitions: 3 } });
  expect(partitions).not.toBe(3);
  expect(() => stageSettings({ topics: { partitions: 3 } })).toThrow(
    `topics is replaced as a whole and lacks ${Object.keys(others).join(', ')}: give all of it, such as ${whole}`,
  );
});
