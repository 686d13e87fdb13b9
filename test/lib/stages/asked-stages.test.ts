import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { askedStages } from '../../../lib/stages/asked-stages';

test('without a name it is dev, as it stands', () => {
  expect(askedStages(undefined, undefined)).toEqual([dev]);
});

test('several stages, and settings over those of one', () => {
  const settings = '{"localstack":{"scheduleMinutes":5}}';
  expect(askedStages('localstack,dev', settings)).toEqual([
    { ...localstack, scheduleMinutes: 5 },
    dev,
  ]);
});

test.each([
  ['{', /settings \{ are not understood: give JSON such as/],
  ['{"dev":1}', /are not understood/],
  ['{"prod":{}}', /settings for "prod", but the stage is dev/],
  [
    '{"dev":{"exchanges":[{"kind":"gate"}]}}',
    /exchanges\.0\.kind is "gate": give one of "gate-io"/,
  ],
  ['{"dev":{"colour":1}}', /stage dev cannot be deployed:\n- colour/],
])('settings that cannot be (%s) are refused', (settings, message) => {
  expect(() => askedStages('dev', settings)).toThrow(message);
});

test('a stage that there is not is refused', () => {
  expect(() => askedStages('dev,nope')).toThrow(/There is no stage "nope"/);
});
