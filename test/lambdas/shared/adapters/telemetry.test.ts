import type { Context } from 'aws-lambda';
import { createTelemetry } from '../../../../lambdas/shared/adapters/telemetry';

type Line = Readonly<Record<string, unknown>>;

const CONTEXT = {
  functionName: 'Candlestream-Fetch',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Candlestream-Fetch',
  awsRequestId: 'request-1',
} as Context;

const environment = process.env;
let written: string;

beforeEach(() => {
  process.env = {
    ...environment,
    POWERTOOLS_SERVICE_NAME: 'fetch',
    POWERTOOLS_METRICS_NAMESPACE: 'Candlestream',
  };
  written = '';
  const keep = (chunk: string | Uint8Array) => {
    written += chunk.toString();
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = environment;
});

/** All that was written: one JSON object a line. */
function lines(): Line[] {
  return written
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function logLines(): Line[] {
  return lines().filter((line) => 'level' in line);
}

/** The line of metrics of the invocation, in CloudWatch's embedded format. */
function metricsLine(): Line | undefined {
  return lines().findLast((line) => '_aws' in line);
}

/** The names and units that a line of metrics declares. */
function declared(line: Line | undefined): unknown {
  const { CloudWatchMetrics: directives } = line?.['_aws'] as {
    CloudWatchMetrics: { Namespace: string; Metrics: { Name: string; Unit: string }[] }[];
  };
  return directives.map(({ Namespace, Metrics }) => ({
    namespace: Namespace,
    metrics: Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit])),
  }));
}

it('writes the log lines of an invocation with its request id', async () => {
  const telemetry = createTelemetry();

  await telemetry.invocation(CONTEXT, () => {
    telemetry.info('observed', { pair: 'BTC_USDT', minutes: 4 });
    telemetry.warn('out of time', { pair: 'ETH_USDT' });
    telemetry.error('pair not fetched', { pair: 'A_B' }, new RangeError('no such pair'));
    return Promise.resolve();
  });

  const common = { service: 'fetch', function_request_id: 'request-1' };
  expect(logLines()).toMatchObject([
    { ...common, level: 'INFO', message: 'observed', pair: 'BTC_USDT', minutes: 4 },
    { ...common, level: 'WARN', message: 'out of time', pair: 'ETH_USDT' },
    {
      ...common,
      ...{ level: 'ERROR', message: 'pair not fetched', pair: 'A_B' },
      error: { name: 'RangeError', message: 'no such pair' },
    },
  ]);
});

it('writes what was thrown and is no error as one', async () => {
  const telemetry = createTelemetry();

  await telemetry.invocation(CONTEXT, () => {
    telemetry.error('pair not fetched', {}, 'just a text');
    return Promise.resolve();
  });

  expect(logLines()).toMatchObject([{ error: { message: 'just a text' } }]);
});

it('writes the metrics of an invocation at its end, in one line', async () => {
  const telemetry = createTelemetry();

  const result = await telemetry.invocation(CONTEXT, () => {
    telemetry.count('MinutesObserved', 4);
    telemetry.count('WorstLag', 90);
    return Promise.resolve('done');
  });

  const line = metricsLine();
  expect(lines().filter((one) => '_aws' in one)).toHaveLength(1);
  expect(result).toBe('done');
  expect(line).toMatchObject({ service: 'fetch', MinutesObserved: 4, WorstLag: 90 });
  expect(declared(line)).toEqual([
    {
      namespace: 'Candlestream',
      metrics: { MinutesObserved: 'Count', WorstLag: 'Seconds' },
    },
  ]);
});

it('writes no metrics where none were counted', async () => {
  await createTelemetry().invocation(CONTEXT, () => Promise.resolve());

  expect(lines()).toEqual([]);
});

it('counts a failure, logs it, and lets it go on', async () => {
  const telemetry = createTelemetry();
  const failure = new TypeError('no brokers');

  const invocation = telemetry.invocation(CONTEXT, () => Promise.reject(failure));

  await expect(invocation).rejects.toBe(failure);
  expect(metricsLine()).toMatchObject({ Failures: 1 });
  expect(logLines()).toMatchObject([
    {
      ...{ level: 'ERROR', message: 'failed: the invocation will be repeated' },
      ...{ function_request_id: 'request-1', error: { message: 'no brokers' } },
    },
  ]);
});

it('does not count the metrics of an invocation again in the next one', async () => {
  const telemetry = createTelemetry();
  await telemetry.invocation(CONTEXT, () => {
    telemetry.count('Gaps', 1);
    return Promise.resolve();
  });

  await telemetry.invocation(CONTEXT, () => Promise.resolve());

  expect(lines().filter((line) => '_aws' in line)).toHaveLength(1);
});
