import { askedStages } from '../../../../lib/stages/asked-stages';
import { stageSettings } from '../../../../local/localstack/deployment/stage-settings';
import { dev } from '../../../../lib/stages/dev';

const BATCHES = {
  transform: { batchSize: 3, windowSeconds: 1 },
  persist: { batchSize: 4, windowSeconds: 2 },
};

function stagesOf(settings: Readonly<Record<string, unknown>>) {
  const [localstack, ofDev] = askedStages('localstack,dev', stageSettings(settings));
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
  [{ ...BATCHES, mode: { kind: 'provisioned' } }, /eventSources.mode .* leave it out/],
  [1, /eventSources in --settings is to be an object/],
])('event sources of another kind are refused: %j', (eventSources, message) => {
  expect(() => stageSettings({ eventSources })).toThrow(message);
});
