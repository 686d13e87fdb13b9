import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, portOf } from '../../cli/loopback/http-server';

/** The part of MSK's API that the functions use, on the loopback interface. */
export interface MskEndpoint {
  /** For the SDK's `AWS_ENDPOINT_URL_KAFKA`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The clusters that the endpoint knows, and their brokers. */
export interface MskEndpointOptions {
  readonly clusterArns: readonly string[];
  /** `host:port,host:port` */
  readonly bootstrapServers: string;
}

const PATH = /^\/v1\/clusters\/([^/]+)\/bootstrap-brokers$/;

/**
 * Answers `GetBootstrapBrokers` with the plaintext brokers, and for another
 * cluster the service's `NotFoundException`.
 * Source: the Amazon MSK API reference, "Clusters clusterArn bootstrap-brokers".
 */
export async function startMskEndpoint(options: MskEndpointOptions): Promise<MskEndpoint> {
  const server = createServer((request, response) => answer(options, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server) };
}

function answer(
  { clusterArns, bootstrapServers }: MskEndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [path = ''] = (request.url ?? '').split('?');
  const encoded = PATH.exec(path)?.[1];
  if (request.method !== 'GET' || encoded === undefined) {
    const message = `${request.method ?? ''} ${path} is not emulated locally`;
    send(response, 404, { message }, 'NotFoundException');
  } else if (clusterArns.some((arn) => encodeURIComponent(arn) === encoded || arn === encoded)) {
    send(response, 200, { bootstrapBrokerString: bootstrapServers });
  } else {
    const message = 'The requested resource does not exist.';
    send(response, 404, { invalidParameter: 'clusterArn', message }, 'NotFoundException');
  }
}

function send(response: ServerResponse, status: number, body: object, errorType?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  });
  response.end(JSON.stringify(body));
}
