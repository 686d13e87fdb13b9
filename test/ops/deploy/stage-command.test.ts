import { dev } from '../../../lib/stages/dev';
import { OperationError } from '../../../ops/operation-error';
import { type AccountLookUp, LookUpDeniedError } from '../../../ops/aws/account-look-up';
import type { CdkOptions } from '../../../ops/aws/run-cdk';
import { stageCommand, type StageSurroundings } from '../../../ops/deploy/stage-command';
import { region } from '../aws/fake-region';
import { FakeLeftovers } from '../destroy/fake-leftovers';

const NOW_MS = Date.UTC(2026, 10, 23, 5, 41);

interface Run {
  readonly args: readonly string[];
  readonly options: CdkOptions;
}

function played(changes: Partial<StageSurroundings> = {}) {
  const runs: Run[] = [];
  const printed: string[] = [];
  const errors: string[] = [];
  const stacks = new FakeLeftovers();
  const io: StageSurroundings = {
    print: (text) => printed.push(text),
    printError: (text) => errors.push(text),
    nodeVersion: '22.1.0',
    clock: () => NOW_MS,
    findStage: () => Promise.resolve(dev),
    stageNames: () => Promise.resolve(['dev', 'prod']),
    lookUp: (request): AccountLookUp => ({
      region: () => Promise.resolve(request.region),
      identity: () => Promise.resolve({ account: '123456789012', arn: 'arn:aws:iam::1:user/ops' }),
      bootstrapVersion: () => Promise.resolve(30),
      inRegion: () => region(),
    }),
    leftovers: () => stacks,
    pause: () => Promise.reject(new Error('nothing to wait for')),
    runCdk: (args, options) => {
      runs.push({ args, options });
      stacks.stacks.delete(args[1] ?? '');
      return Promise.resolve(0);
    },
    ...changes,
  };
  const run = (line: string) => stageCommand(line.split(' '), io);
  return { run, runs, printed: () => printed.join(''), errors: () => errors.join('') };
}

const noAccount = () => {
  throw new Error('AWS was asked');
};

test('a deployment says where and for how much, hands over to cdk, and says what next', async () => {
  const { run, runs, printed, errors } = played();
  const line = 'deploy --stage dev --region eu-west-1 --profile ops --require-approval never';
  expect(await run(line)).toBe(0);
  expect(runs).toEqual([
    {
      args: [
        'deploy',
        '--all',
        '-c',
        'stage=dev',
        '--profile',
        'ops',
        '--require-approval',
        'never',
      ],
      options: { environment: { AWS_REGION: 'eu-west-1' } },
    },
  ]);
  expect(printed()).toMatch(
    /^deploy: stage dev, account 123456789012, region eu-west-1, as arn:aws:iam::1:user\/ops\nNobody is notified .*\none-off cost: \d+\.\d\d USD for history since 2026-10-01 \(53 days of 10 pairs, \d+\.\d\d M rows\), .*\nmonthly cost: npm run cost -- --stage dev\nThe first candles/,
  );
  expect(printed()).toContain("pair = 'BTC_USDT' AND interval = '1m' AND bucket = '2026-11-23'");
  expect(errors()).toBe('');
});

test('a deployment that fails has the exit code of cdk, and nothing next', async () => {
  const { run, printed } = played({ runCdk: () => Promise.resolve(3) });
  expect(await run('deploy --stage dev --region eu-west-1')).toBe(3);
  expect(printed()).not.toContain('The first candles');
});

test('diff is of both stacks', async () => {
  const { run, runs, printed } = played();
  expect(await run('diff --stage dev --region eu-west-1')).toBe(0);
  expect(runs.map((each) => each.args)).toEqual([['diff', '-c', 'stage=dev']]);
  expect(printed()).not.toMatch(/cost|The first candles/);
});

test('destroy is of one stack after the other, and ends with what is left', async () => {
  const { run, runs, printed } = played();
  expect(await run('destroy --stage dev --region eu-west-1')).toBe(0);
  expect(runs.map((each) => each.args[1])).toEqual([
    'Candlestream-dev-Pipeline',
    'Candlestream-dev-Data',
  ]);
  expect(printed()).toMatch(/commands that remove it for good:\n.*AWS::EC2::VPC vpc-1/);
});

test('destroy by someone who may not look is left to cdk', async () => {
  const denied = new FakeLeftovers();
  denied.stack = () => Promise.reject(new LookUpDeniedError('CloudFormation says no'));
  const { run, runs, printed } = played({ leftovers: () => denied });
  expect(await run('destroy --stage dev --region eu-west-1')).toBe(0);
  expect(runs.map((each) => each.args)).toEqual([['destroy', '--all', '-c', 'stage=dev']]);
  expect(printed()).toContain('CloudFormation says no');
});

test('what goes is told before cdk asks whether to destroy', async () => {
  const { run, printed } = played({
    runCdk: () => {
      expect(printed()).toContain('All data is deleted with the stacks');
      return Promise.resolve(4);
    },
  });
  expect(await run('destroy --stage dev --region eu-west-1')).toBe(4);
});

test('synth asks nothing of AWS', async () => {
  const { run, runs } = played({ lookUp: noAccount });
  expect(await run('synth --stage dev --output elsewhere')).toBe(0);
  expect(runs).toEqual([
    {
      args: ['synth', '--quiet', '-c', 'stage=dev', '--output', 'elsewhere'],
      options: { environment: { AWS_EC2_METADATA_DISABLED: 'true' } },
    },
  ]);
});

test('where something is missing, cdk is not run', async () => {
  const { run, runs, errors } = played();
  expect(await run('deploy --stage dev')).toBe(1);
  expect(errors()).toMatch(/^deploy of the stage dev cannot begin:\n- No region is set.*\n$/);
  expect(runs).toEqual([]);
});

test('a cdk that cannot be run is told', async () => {
  const { run, errors } = played({
    runCdk: () => Promise.reject(new OperationError('cdk cannot be run: run npm ci')),
  });
  expect(await run('synth --stage dev')).toBe(1);
  expect(errors()).toBe('cdk cannot be run: run npm ci\n');
});

test('invalid arguments have an exit code of their own', async () => {
  const { run, errors } = played({ lookUp: noAccount });
  expect(await run('deploy --stage')).toBe(2);
  expect(errors()).toContain('argument missing');
});

test.each(['deploy', 'diff', 'destroy'])('%s without a stage lists the stages', async (verb) => {
  const { run, errors } = played({ lookUp: noAccount });
  expect(await run(verb)).toBe(2);
  expect(errors()).toBe('No stage is given: choose one of dev, prod with --stage <name>\n');
});

test('help is printed', async () => {
  const { run, printed } = played({ lookUp: noAccount });
  expect(await run('destroy --help')).toBe(0);
  expect(printed()).toContain('Usage: npm run destroy --');
});

test('a mistake in the program is not told as a problem', async () => {
  const { run } = played({ runCdk: () => Promise.reject(new TypeError('mistake')) });
  await expect(run('synth --stage dev')).rejects.toThrow(TypeError);
});
