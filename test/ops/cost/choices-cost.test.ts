import { formatDecimal } from '../../../lambdas/shared/domain/decimal';
import { dev } from '../../../lib/stages/dev';
import { prod } from '../../../lib/stages/prod';
import { choicesCost } from '../../../ops/cost/choices-cost';

test('dev has made cheap choices, and each says what it saves and what it gives up', () => {
  const choices = choicesCost(dev);
  const saved = Object.fromEntries(
    choices.map(({ choice, saves }) => [choice, Number(formatDecimal(saves))]),
  );
  expect(Object.keys(saved)).toEqual([
    'two zones, with a broker in each, instead of three',
    'a NAT instance instead of a gateway',
    'no endpoint for Keyspaces',
    'windows that have not ended are written less often',
    'batches that fill for some time',
    'no log line for each segment',
    'event sources on demand',
    'no point-in-time recovery',
  ]);
  // A broker of 33.29 with its disk of 1.00, log of 0.15, and an alarm on two metrics.
  expect(saved['two zones, with a broker in each, instead of three']).toBeCloseTo(34.63, 1);
  // 32.85 - 3.07 - 0.64, and traffic.
  expect(saved['a NAT instance instead of a gateway']).toBeGreaterThan(29.14);
  expect(saved['a NAT instance instead of a gateway']).toBeLessThan(32);
  expect(saved['no endpoint for Keyspaces']).toBeCloseTo(7.3, 1);
  // One unit for both event sources, 0.185 x 730, less the way through NAT.
  expect(saved['event sources on demand']).toBeGreaterThan(134);
  for (const { saves, givesUp } of choices) {
    expect(saves.unscaled).toBeGreaterThan(0n);
    expect(givesUp).not.toBe('');
  }
});

const NO_LINES = 'no log line for each segment';

test('prod has made none of them but for the log', () => {
  expect(choicesCost(prod).map(({ choice }) => choice)).toEqual([NO_LINES]);
  expect(choicesCost({ ...prod, logLevel: 'DEBUG' })).toEqual([]);
});

test('a stage with fewer gateways than zones has made one', () => {
  const network = { ...prod.network, nat: { kind: 'gateways' as const, count: 1 } };
  const [choice, ...others] = choicesCost({ ...prod, network, logLevel: 'DEBUG' });
  expect(others).toEqual([]);
  expect(choice?.choice).toBe('one NAT gateway for all zones');
  // 2 x (0.045 + 0.005) x 730
  expect(formatDecimal(choice?.saves ?? { unscaled: 0n, scale: 0 })).toBe('73.00');
});
