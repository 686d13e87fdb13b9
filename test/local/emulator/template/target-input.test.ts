import type { Resource } from '../../../../local/emulator/template/resource';
import { targetInput } from '../../../../local/emulator/template/target-input';

const RULE: Resource = {
  stack: 'Pipeline',
  logicalId: 'Rule',
  type: 'AWS::Events::Rule',
  path: '',
  ref: 'Rule',
  arn: 'arn:aws:events:us-east-1:000000000000:rule/r',
  property: () => undefined,
};
const EVENT = { time: '2026-01-01T00:00:00Z', source: 'aws.events' };

test('a target without a transformer is invoked with the event', () => {
  expect(targetInput(RULE, undefined)(EVENT)).toBe(EVENT);
});

test('a transformer puts values of the event into its template', () => {
  const input = targetInput(RULE, {
    InputPathsMap: { time: '$.time' },
    InputTemplate: '{"time":<time>,"exchange":"okx","shard":0,"shards":2}',
  });
  expect(input(EVENT)).toEqual({ time: EVENT.time, exchange: 'okx', shard: 0, shards: 2 });
});

test.each([
  [{ f: '$.detail.id' }, '{"id":<f>}', 'the path $.detail.id of InputPathsMap is not emulated'],
  [{}, '{"time":<time>}', 'the placeholder <time> of InputTemplate is not emulated'],
  [{ time: '$.time' }, 'at <time>', 'which is no JSON, is not emulated'],
])(
  'another transformer is refused when the template is read: %j %s',
  (paths, template, message) => {
    const read = () => targetInput(RULE, { InputPathsMap: paths, InputTemplate: template });
    expect(read).toThrow(
      `rule Rule: ${message.startsWith('which') ? 'the InputTemplate' : message}`,
    );
    expect(read).toThrow(message);
  },
);
