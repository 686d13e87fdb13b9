/** A listener for clients with tokens; what the broker tells them to connect to may be a proxy. */
export interface TokenListener {
  readonly port: number;
  readonly advertisedPort: number;
}

/** Options of a broker; its ports are those of 127.0.0.1. */
export interface BrokerOptions {
  readonly folder: string;
  readonly port: number;
  readonly tokens: TokenListener | undefined;
}

export type Properties = Readonly<Record<string, string>>;

/** The listeners of a broker: for clients without authentication, with tokens, and for itself. */
export function listenerProperties(
  { port, tokens }: BrokerOptions,
  address: { readonly host: string; readonly controllerPort: number },
): Properties {
  const { host, controllerPort } = address;
  const own = [`PLAINTEXT://${host}:${port}`, `CONTROLLER://${host}:${controllerPort}`];
  const advertised = `PLAINTEXT://127.0.0.1:${port}`;
  if (tokens === undefined) {
    return { listeners: own.join(','), 'advertised.listeners': advertised };
  }
  const login = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
  return {
    listeners: [...own, `TOKENS://${host}:${tokens.port}`].join(','),
    'advertised.listeners': `${advertised},TOKENS://127.0.0.1:${tokens.advertisedPort}`,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TOKENS:SASL_PLAINTEXT',
    'listener.name.tokens.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.tokens.oauthbearer.sasl.jaas.config': `${login} required unsecuredLoginStringClaim_sub="broker";`,
  };
}
