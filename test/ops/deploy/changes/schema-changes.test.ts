import { SCHEMA_METADATA, type SchemaMetadata } from '../../../../lib/kafka/schema-metadata';
import { schemaProblems } from '../../../../ops/deploy/changes/schema-changes';

const TOPIC = 'candles.rolled';
const at = (read: number, written: number): SchemaMetadata => ({ [TOPIC]: { read, written } });

test('the same versions go together', () => {
  expect(schemaProblems(SCHEMA_METADATA, SCHEMA_METADATA)).toEqual([]);
});

test('a stage that is not deployed takes any', () => {
  expect(schemaProblems(SCHEMA_METADATA, {})).toEqual([]);
});

test.each([
  ['a version is read that is not written yet', at(4, 3), at(3, 3)],
  ['it is written next', at(4, 4), at(4, 3)],
  ['back again', at(4, 3), at(4, 4)],
  ['and back to where it is not known', at(3, 3), at(4, 3)],
])('one step at a time goes both ways: %s', (_, next, deployed) => {
  expect(schemaProblems(next, deployed)).toEqual([]);
});

test('a version is not written that the deployed functions do not read', () => {
  expect(schemaProblems(at(4, 4), at(3, 3))).toEqual([
    'The functions would write version 4 of candles.rolled, and those that are deployed read up to version 3, so that the deployment could not be taken back: set WRITTEN_VERSIONS of candles.rolled to 3 in lambdas/shared/codec/schema-versions.ts, deploy, set it back to 4, and deploy again',
  ]);
});

test('functions that do not read what is written are not deployed', () => {
  expect(schemaProblems(at(3, 3), at(4, 4))).toEqual([
    'The deployed functions write version 4 of candles.rolled, and these read up to version 3: first deploy a version of the project that reads version 4 and writes version 3, and let the event sources catch up',
  ]);
});
