import { awsStageNames, findStage } from '../../../ops/stages/find-stage';
import { stageCostCommand } from '../../../ops/cost/stage-cost-command';

async function run(line: string) {
  const printed = { out: '', error: '' };
  const exitCode = await stageCostCommand(line.split(' '), {
    print: (text) => (printed.out += text),
    printError: (text) => (printed.error += text),
    findStage,
    stageNames: awsStageNames,
    clock: () => Date.UTC(2026, 10, 23, 5),
  });
  return { exitCode, ...printed };
}

interface Stack {
  readonly totalUsd: string;
  readonly parts: readonly {
    readonly part: string;
    readonly monthlyUsd: string;
    readonly lines: readonly { readonly what: string; readonly monthlyUsd: string }[];
  }[];
}

const cents = (usd: string) => {
  if (!/^\d+\.\d\d$/.test(usd)) throw new Error(`${usd} is not in dollars and cents`);
  return BigInt(usd.replace('.', ''));
};

const sumOf = (amounts: readonly string[]) =>
  amounts.reduce((sum, amount) => sum + cents(amount), 0n);

test.each(['dev', 'prod'])(
  '%s for programs: the lines add up to parts, and those to the total',
  async (stage) => {
    const { exitCode, out, error } = await run(`--stage ${stage} --pairs 3 --json`);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    const report = JSON.parse(out) as Stack & { readonly peer: Stack };
    expect(report).toMatchObject({ stage, pairs: 3, prices: { region: 'us-east-1' } });
    for (const { totalUsd, parts } of [report, report.peer]) {
      expect(sumOf(parts.map((part) => part.monthlyUsd))).toBe(cents(totalUsd));
      for (const { monthlyUsd, lines } of parts) {
        expect(sumOf(lines.map((line) => line.monthlyUsd))).toBe(cents(monthlyUsd));
      }
    }
  },
);

test('history is paid once: its days and rows are told, and what they add each month', async () => {
  const { out } = await run('--stage dev --pairs 3 --json');
  const { history } = JSON.parse(out) as {
    history: { onceUsd: string; once: { usd: string }[]; monthly: unknown[] };
  };
  // 53 days x (1,440 + 288 + 96 + 24 + 6 + 1) rows x 3 pairs
  expect(history).toMatchObject({ since: '2026-10-01', daysOfEachPair: 53, rows: '294945' });
  expect(sumOf(history.once.map(({ usd }) => usd))).toBe(cents(history.onceUsd));
  expect(history.monthly).toHaveLength(1);
});

test('for people: both stacks, and what is assumed of each', async () => {
  const { exitCode, out } = await run('--stage dev');
  expect(exitCode).toBe(0);
  expect(out).toContain(`Stage dev with 10 pairs, in US dollars a month`);
  expect(out).toMatch(/2 x kafka\.t3\.small +66\.58 +no/);
  expect(out).toMatch(/^a NAT instance instead of a gateway +\d+\.\d\d +it and its zone/m);
  expect(out).toContain('The same job on MWAA, EMR Serverless and three Cassandra nodes');
  expect(out).toContain('history since 2026-10-01 (53 days of 10 pairs, 0.98 M rows)');
  expect(out.match(/^Total +\d+\.\d\d$/gm)).toHaveLength(4);
  expect(out).toContain('For 1.00 M queries of 500 candles');
  expect(out).toContain('- Prices are the list prices of us-east-1');
  expect(out).toContain('- Airflow: the smallest environment of MWAA');
});

test.each([
  ['--stage dev --pairs 0', 2, 'Expected a whole number from 1 to 999999.'],
  ['--stage none', 1, 'There is no stage "none"'],
  ['--json', 2, 'No stage is given: choose one of dev, prod with --stage <name>'],
  ['--stage dev --pairs 5000', 1, 'exchanges.gate-io has 5000 pairs, and a tick every 1 min'],
])('%s ends with %d: %s', async (line, exitCode, message) => {
  const ended = await run(line);
  expect(ended).toMatchObject({ exitCode, out: '' });
  expect(ended.error).toContain(message);
  expect(ended.error).not.toContain('    at ');
});

test('help is no error', async () => {
  expect(await run('--help')).toMatchObject({ exitCode: 0, error: '' });
});
