import { firingPart, onePerPart } from '../../../../lambdas/shared/adapters/firing-part';
import { InvalidScheduledEventError } from '../../../../lambdas/shared/adapters/firing-time';

const TIME = '2026-01-01T00:00:00Z';

describe('the part that an event is of', () => {
  it('is the shard of the exchange that it names', () => {
    const event = { time: TIME, exchange: 'okx', shard: 1, shards: 3 };
    expect(firingPart(event, ['gate-io', 'okx'])).toEqual({
      exchange: 'okx',
      shard: 1,
      shards: 3,
    });
  });

  it('is all of the one exchange that is followed if it names none', () => {
    const all = { exchange: 'binance', shard: 0, shards: 1 };
    expect(firingPart({ time: TIME }, ['binance'])).toEqual(all);
  });

  it.each([
    [{}, 'names no exchange, and several are followed: give "exchange" as one of gate-io, okx'],
    [{ exchange: 'kraken' }, 'is of the exchange "kraken", which is not followed'],
    [{ exchange: 'okx', shard: 2, shards: 2 }, 'has no such shard: {"shard":2,"shards":2}'],
    [{ exchange: 'okx', shard: -1, shards: 2 }, 'has no such shard'],
    [{ exchange: 'okx', shard: '0', shards: 1 }, 'has no such shard'],
  ])('is refused if there is none: %j', (event, message) => {
    const refused = () => firingPart({ time: TIME, ...event }, ['gate-io', 'okx']);
    expect(refused).toThrow(InvalidScheduledEventError);
    expect(refused).toThrow(message);
  });

  it.each([null, undefined, 'now'])('is refused if the event is %j', (event) => {
    expect(() => firingPart(event, ['okx'])).toThrow(InvalidScheduledEventError);
  });
});

test('a part keeps what was created for it, and shares it with no other', () => {
  const created: string[] = [];
  const of = onePerPart(({ exchange, shard }) => {
    created.push(`${exchange} ${shard}`);
    return created.length;
  });
  const part = { exchange: 'okx', shard: 0, shards: 2 } as const;

  expect([of(part), of({ ...part, shard: 1 }), of({ ...part })]).toEqual([1, 2, 1]);
  expect(created).toEqual(['okx 0', 'okx 1']);
});
