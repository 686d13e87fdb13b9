import { eventRecords } from './event-records';
import { SettledOffsets } from '../../../../local/emulator/event-source/settled-offsets';

const at = (partition: number, offset: number) => ({ topic: 't', partition, offset });

test('a partition is done up to its first record that is undecided', () => {
  const [a, b, c, other] = eventRecords('0@5', '0@6', '0@9', '1@2');
  const offsets = new SettledOffsets([a, other, b, c]);
  expect(offsets.settle([b])).toEqual([]);
  expect(offsets.settle([a])).toEqual([at(0, 7)]);
  expect(offsets.settle([other, c])).toEqual([at(1, 3), at(0, 10)]);
});

test('what is settled again changes nothing', () => {
  const [a, b] = eventRecords('0@5', '0@6');
  const offsets = new SettledOffsets([a, b]);
  expect(offsets.settle([a])).toEqual([at(0, 6)]);
  expect(offsets.settle([a])).toEqual([]);
});
