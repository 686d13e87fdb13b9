import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangesValue } from '../../lambdas/shared/adapters/followed-exchanges';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import type { FunctionTemplate } from './template/function-template';

/** The addresses of an exchange. */
export interface ExchangeAddress {
  /** Base URL of its API. */
  readonly url: string;
  /** Base URL of its archive; undefined if it has none. */
  readonly archiveUrl: string | undefined;
}

/** The addresses of exchanges. */
export type ExchangeAddresses = Readonly<Partial<Record<ExchangeName, ExchangeAddress>>>;

/** The services that the functions use. */
export interface LocalEndpoints {
  /** `host:port` */
  readonly kafka: string;
  /** `host:port` */
  readonly cassandra: string;
  /** The addresses of exchanges, if not their own. */
  readonly exchanges: ExchangeAddresses;
  /** The local MSK endpoint. */
  readonly mskUrl: string;
}

/** Settings of an exchange that flags of the run choose over those of the stage. */
export interface ChosenExchange {
  /** Of each function. */
  readonly requestsPer10Seconds?: number;
  readonly retentionMinutes?: number;
}

/** Settings that flags of the run choose over the stage's configuration. */
export interface ChosenSettings {
  readonly exchanges?: Readonly<Partial<Record<ExchangeName, ChosenExchange>>>;
  /** `2024-01-01`: a UTC day, reconcile's. */
  readonly HISTORY_START?: string;
}

/**
 * All that a local run sets over a function's environment in the template, and
 * nothing else:
 * - `AWS_ENDPOINT_URL_KAFKA`: the look-up of the brokers is answered locally;
 *   the cluster's ARN is the template's.
 * - `KAFKA_BOOTSTRAP_SERVERS`: only if the template names an existing
 *   cluster by its servers, as these stand elsewhere.
 * - `CASSANDRA_CONTACT_POINTS`, `CASSANDRA_LOCAL_DATA_CENTER`,
 *   `CASSANDRA_AUTHENTICATION`: a Cassandra of this machine, without TLS and
 *   signatures, stands for Keyspaces.
 * - in `EXCHANGES`: the addresses of the exchanges that were chosen, and their settings that were
 *   chosen by flags.
 * - `OPEN_WINDOWS_EVERY_MINUTES`: writes cost nothing here, so open windows are always fresh.
 * - `HISTORY_START`, if a flag chose it and the function has it.
 */
export function localEnvironment(
  template: Pick<FunctionTemplate, 'environment'>,
  endpoints: LocalEndpoints,
  { exchanges, ...chosen }: ChosenSettings = {},
): Record<string, string> {
  const ifInTemplate = {
    KAFKA_BOOTSTRAP_SERVERS: endpoints.kafka,
    EXCHANGES: localExchanges(template, endpoints, exchanges),
    OPEN_WINDOWS_EVERY_MINUTES: '1',
    ...chosen,
  };
  const replaced = Object.entries(ifInTemplate).filter(
    ([name]) => template.environment[name] !== undefined,
  );
  return {
    AWS_ENDPOINT_URL_KAFKA: endpoints.mskUrl,
    CASSANDRA_CONTACT_POINTS: endpoints.cassandra,
    CASSANDRA_LOCAL_DATA_CENTER: LOCAL_DATA_CENTER,
    CASSANDRA_AUTHENTICATION: 'none',
    ...Object.fromEntries(replaced),
  };
}

/** The variable `EXCHANGES` of the template, with what is chosen over it. */
function localExchanges(
  { environment }: Pick<FunctionTemplate, 'environment'>,
  { exchanges: addresses }: LocalEndpoints,
  chosen: ChosenSettings['exchanges'] = {},
): string {
  const ofTemplate = JSON.parse(environment['EXCHANGES'] ?? '{}') as ExchangesValue;
  const entries = Object.entries(ofTemplate).map(([exchange, settings]) => {
    const name = exchange as ExchangeName;
    return [name, { ...settings, ...addresses[name], ...chosen[name] }] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}
