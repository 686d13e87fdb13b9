import { createKafkaLog } from '../../../lambdas/shared/adapters/kafka/kafka-log';
import { unsecuredToken } from './unsecured-token';

/** What to append. */
export interface AppendRequest {
  readonly topic: string;
  readonly text: string;
}

/** How it went. */
export interface AppendAnswer {
  /** Null where it is appended. */
  readonly error: string | null;
  /** How many tokens were asked for so far. */
  readonly tokens: number;
}

const [port = '', tokenLifetimeMs = ''] = process.argv.slice(2);
let tokens = 0;

const log = createKafkaLog({
  clientId: 'appender',
  brokers: () =>
    Promise.resolve({
      brokers: [`127.0.0.1:${port}`],
      sasl: {
        mechanism: 'oauthbearer',
        oauthBearerProvider: () => {
          tokens++;
          return Promise.resolve({ value: unsecuredToken(Number(tokenLifetimeMs)) });
        },
      },
    }),
});

async function append({ topic, text }: AppendRequest): Promise<AppendAnswer> {
  try {
    await log.append(topic, [{ key: 'BTC_USDT', value: Buffer.from(text) }]);
    return { error: null, tokens };
  } catch (error) {
    return { error: String(error), tokens };
  }
}

process.on('message', (request: AppendRequest) => {
  void append(request).then((answer) => process.send?.(answer));
});
