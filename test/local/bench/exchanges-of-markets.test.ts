import {
  exchangesOfMarkets,
  invocationsOfTick,
  marketsWithinLimits,
} from '../../../local/bench/exchanges-of-markets';
import { dev } from '../../../lib/stages/dev';
import { stageConfig } from '../../../lib/stages/stage-config';
import { propertiesOf, templatesOf } from '../../lib/candlestream-templates';

/** The texts of the events that the rules of a stage of so many markets fire fetch with. */
function fetchEvents(markets: number): string[] {
  const exchanges = exchangesOfMarkets(markets).map(({ setting }) => setting);
  const { pipeline } = templatesOf(stageConfig({ ...dev, exchanges }));
  const rules = propertiesOf(pipeline, 'AWS::Events::Rule', 'FetchSchedule');
  return Object.values(rules).flatMap(({ Targets: targets }) =>
    (targets as { InputTransformer: { InputTemplate: string } }[]).map(
      ({ InputTransformer }) => InputTransformer.InputTemplate,
    ),
  );
}

it.each([
  {
    markets: 200,
    events: [
      '{"time":<time>,"exchange":"gate-io","shard":0,"shards":1}',
      '{"time":<time>,"exchange":"binance","shard":0,"shards":1}',
    ],
  },
  {
    markets: 2_000,
    events: [
      '{"time":<time>,"exchange":"gate-io","shard":0,"shards":1}',
      '{"time":<time>,"exchange":"binance","shard":0,"shards":2}',
      '{"time":<time>,"exchange":"binance","shard":1,"shards":2}',
    ],
  },
])('a stage of $markets markets fires fetch for each of its shards', ({ markets, events }) => {
  expect(fetchEvents(markets)).toEqual(events);
  expect(invocationsOfTick(markets)).toBe(events.length);
});

it('divides the markets between the exchanges by what these admit', () => {
  const counts = exchangesOfMarkets(2_000).map(({ setting, pairs }) => [
    setting.kind,
    new Set(pairs).size,
    setting.expectedMarkets,
  ]);

  expect(counts).toEqual([
    ['gate-io', 600, 600],
    ['binance', 1_400, 1_400],
  ]);
});

it('knows how many markets the limits of the exchanges allow', () => {
  expect(marketsWithinLimits(2_000)).toBe(2_000);
  expect(marketsWithinLimits(20_000)).toBe(2_028);
});
