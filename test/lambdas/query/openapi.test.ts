import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryScene } from './query-scene';

const DOCUMENT = join(__dirname, '../../../docs/openapi.json');

test('the contract in the documents is the one that is served; npm run openapi writes it anew', async () => {
  const served = await queryScene().json('/openapi.json');
  expect(JSON.parse(readFileSync(DOCUMENT, 'utf8'))).toEqual(served);
});

interface Operation {
  readonly parameters: readonly { name: string; required: boolean; schema: object }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

test('the contract is made of the schemas that check requests', async () => {
  const { paths } = (await queryScene().json('/openapi.json')) as {
    paths: Readonly<Record<string, { get: Operation }>>;
  };
  const candles = paths['/v1/candles']?.get;
  expect(candles?.parameters.find(({ name }) => name === 'limit')).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 5_000, default: 1_000 },
  });
  expect(Object.keys(candles?.responses ?? {})).toEqual([
    ...['200', '304', '400', '404', '422', '500', '503'],
  ]);
});
