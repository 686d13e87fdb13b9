import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findQueryUrl } from '../../../ops/stage-console/query-url';
import { OperationError } from '../../../ops/operation-error';

/** Stands for Lambda: a list of functions in two pages, and the address of one. */
let server: Server;
const before = { ...process.env };

function functionNamed(FunctionName: string, service: string) {
  const Variables = { POWERTOOLS_SERVICE_NAME: service };
  return { FunctionName, Environment: { Variables } };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const address = new URL(request.url ?? '', 'http://lambda');
    const answer =
      address.pathname === '/2021-10-31/functions/Candlestream-dev-Pipeline-Query1/url'
        ? { FunctionUrl: 'https://abc.lambda-url.eu-central-1.on.aws/' }
        : address.searchParams.has('Marker')
          ? { Functions: [functionNamed('Candlestream-dev-Pipeline-Query1', 'query')] }
          : {
              Functions: [
                functionNamed('Candlestream-prod-Pipeline-Query1', 'query'),
                functionNamed('Candlestream-dev-Pipeline-Fetch1', 'fetch'),
              ],
              NextMarker: 'more',
            };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env['AWS_ENDPOINT_URL_LAMBDA'] =
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'key';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
});

afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const PLACE = { profile: undefined, region: 'eu-central-1' };

test('the address of the stage is found, on whatever page of the list its function is', async () => {
  expect(await findQueryUrl({ ...PLACE, stage: 'dev' })).toBe(
    'https://abc.lambda-url.eu-central-1.on.aws',
  );
});

test('a stage that is not deployed is told with its remedy', async () => {
  const missing = findQueryUrl({ ...PLACE, stage: 'qa' });
  await expect(missing).rejects.toThrow(OperationError);
  await expect(missing).rejects.toThrow(/npm run deploy -- --stage qa/);
});
