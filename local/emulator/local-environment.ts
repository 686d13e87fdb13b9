import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import type { FunctionTemplate } from './template/function-template';

/** The services that the functions use. */
export interface LocalEndpoints {
  /** `host:port` */
  readonly kafka: string;
  /** `host:port` */
  readonly cassandra: string;
  /** The exchange's base URL, up to and with `/api/v4`. */
  readonly exchangeUrl: string;
  /** The base URL of the exchange's archive. */
  readonly archiveUrl: string;
  /** The local MSK endpoint. */
  readonly mskUrl: string;
}

/** Settings that flags of the run choose over the stage's configuration. */
export interface ChosenSettings {
  /** `BTC_USDT,ETH_USDT` */
  readonly PAIRS?: string;
  /** `2024-01-01`: a UTC day, reconcile's. */
  readonly HISTORY_START?: string;
  readonly RETENTION_MINUTES?: string;
  readonly REQUESTS_PER_10_S?: string;
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
 * - `GATE_IO_URL`, `GATE_IO_ARCHIVE_URL`: the exchange that was chosen, and its archive. Only fetch
 *   and reconcile have the first, only reconcile the second.
 * - `OPEN_WINDOWS_EVERY_MINUTES`: writes cost nothing here, so open windows are always fresh.
 * - the settings that were chosen by flags, if the function has them.
 */
export function localEnvironment(
  template: Pick<FunctionTemplate, 'environment'>,
  endpoints: LocalEndpoints,
  chosen: ChosenSettings = {},
): Record<string, string> {
  const ifInTemplate = {
    KAFKA_BOOTSTRAP_SERVERS: endpoints.kafka,
    GATE_IO_URL: endpoints.exchangeUrl,
    GATE_IO_ARCHIVE_URL: endpoints.archiveUrl,
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
