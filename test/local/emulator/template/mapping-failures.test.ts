import { mappingFailuresOf } from '../../../../local/emulator/template/mapping-failures';
import type { Resource } from '../../../../local/emulator/template/resource';
import type { PlainValue } from '../../../../local/emulator/template/stack-template';

type Properties = Readonly<Record<string, PlainValue>>;

function resource(properties: Properties): Resource {
  return {
    stack: 'Pipeline',
    logicalId: 'Mapping',
    type: 'AWS::Lambda::EventSourceMapping',
    path: '',
    ref: 'mapping',
    arn: 'arn:mapping',
    property: (name) => properties[name],
  };
}

const POLLERS = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 } };
const to = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
const read = (properties: Properties) => mappingFailuresOf(resource(properties), ['observed']);

test('without pollers a failed batch is retried until it succeeds', () => {
  expect(read({})).toEqual({ failures: { kind: 'retry-until-success' }, notEmulated: [] });
});

test('with pollers and nothing else retries have no limit', () => {
  expect(read(POLLERS).failures).toEqual({
    kind: 'bounded',
    retryAttempts: Number.POSITIVE_INFINITY,
    maxRecordAgeMs: Number.POSITIVE_INFINITY,
    bisect: false,
    reportsItemFailures: false,
    destinationTopic: null,
  });
});

test('the error controls are as the template has them', () => {
  const properties = {
    ...POLLERS,
    ...to('kafka://candles.undelivered'),
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 5,
    MaximumRecordAgeInSeconds: 3_600,
    MetricsConfig: { Metrics: ['EventCount'] },
    LoggingConfig: { SystemLogLevel: 'INFO' },
  };
  expect(read(properties)).toEqual({
    failures: {
      kind: 'bounded',
      retryAttempts: 5,
      maxRecordAgeMs: 3_600_000,
      bisect: true,
      reportsItemFailures: true,
      destinationTopic: 'candles.undelivered',
    },
    notEmulated: [],
  });
});

test('endless retries beside a destination are ten', () => {
  const endless = { ...POLLERS, MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 };
  expect(read(endless).failures).toMatchObject({
    retryAttempts: Number.POSITIVE_INFINITY,
    maxRecordAgeMs: Number.POSITIVE_INFINITY,
  });
  expect(read({ ...endless, ...to('kafka://t') }).failures).toMatchObject({ retryAttempts: 10 });
});

test('a destination that is no topic is not emulated, in either mode', () => {
  const queue = to('arn:aws:sqs:us-east-1:000000000000:queue');
  expect(read({ ...POLLERS, ...queue })).toMatchObject({
    failures: { destinationTopic: null, retryAttempts: 10 },
    notEmulated: ['DestinationConfig'],
  });
  expect(read(queue)).toMatchObject({ notEmulated: ['DestinationConfig'] });
});

test.each<[string, Properties, string]>([
  ['bisect without pollers', { BisectBatchOnFunctionError: true }, 'BisectBatchOnFunctionError'],
  ['a retry limit without pollers', { MaximumRetryAttempts: 3 }, 'no ProvisionedPollerConfig'],
  ['a topic without pollers', to('kafka://t'), 'DestinationConfig with a Kafka topic'],
  ['its own topic as destination', { ...POLLERS, ...to('kafka://observed') }, 'reads observed'],
  ['too many retries', { ...POLLERS, MaximumRetryAttempts: 10_001 }, 'MaximumRetryAttempts'],
  ['too young an age', { ...POLLERS, MaximumRecordAgeInSeconds: 59 }, 'MaximumRecordAge'],
  ['another answer', { ...POLLERS, FunctionResponseTypes: ['All'] }, 'FunctionResponseTypes'],
  ['no poller', { ProvisionedPollerConfig: { MinimumPollers: 0 } }, 'ProvisionedPollerConfig'],
])('%s is refused', (_, properties, message) => {
  expect(() => read(properties)).toThrow(message);
});
