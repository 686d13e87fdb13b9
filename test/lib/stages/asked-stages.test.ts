import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { askedStages } from '../../../lib/stages/asked-stages';

test('without a name it is dev, as it stands', () => {
  expect(askedStages(undefined, undefined)).toEqual([dev]);
});

test('several stages, and settings over those of one', () => {
  const settings = '{"localstack":{"pairs":["BTC_USDT"]}}';
  expect(askedStages('localstack,dev', settings)).toEqual([
    { ...localstack, pairs: ['BTC_USDT'] },
    dev,
  ]);
});

test.each([
  ['{', /settings \{ are not understood: give JSON such as/],
  ['{"dev":1}', /are not understood/],
  ['{"prod":{}}', /settings for "prod", but the stage is dev/],
  ['{"dev":{"pairs":["BTC/USDT"]}}', /pairs\.0 is "BTC\/USDT": give the exchange's name of a pair/],
  ['{"dev":{"colour":1}}', /stage dev cannot be deployed:\n- colour/],
])('settings that cannot be (%s) are refused', (settings, message) => {
  expect(() => askedStages('dev', settings)).toThrow(message);
});

test('a stage that there is not is refused', () => {
  expect(() => askedStages('dev,nope')).toThrow(/There is no stage "nope"/);
});
