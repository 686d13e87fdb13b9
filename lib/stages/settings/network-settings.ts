import * as v from 'valibot';
import { group, oneOfKinds, text, wholeNumber } from './setting-values';

/** Gateways of AWS. */
const NatGateways = group({
  kind: v.literal('gateways'),
  /** One serves all zones; one for each zone survives the failure of a zone. */
  count: wholeNumber(1, 3),
});

/**
 * One small instance in the first zone, which the functions then stay in: a tenth of the price of a
 * gateway. If it or its zone fails, minutes wait at the exchange until it is back.
 */
const NatInstance = group({
  kind: v.literal('instance'),
  instanceType: text(/^t4g\.(nano|micro|small)$/, 'give t4g.nano, t4g.micro or t4g.small'),
});

/** No way out, if the platform needs none. */
const NoNat = group({ kind: v.literal('none') });

/** Network of a stage. */
export const NetworkSettings = group({
  /** Zones that the brokers are spread over, evenly. */
  zones: wholeNumber(2, 3),
  /** The way to the exchange and to the APIs of AWS. */
  nat: oneOfKinds([NatGateways, NatInstance, NoNat]),
  /**
   * Zones in which Keyspaces has an endpoint: each costs about a quarter of a small broker. With 0,
   * rows take the way of the exchange, in TLS and signed as ever.
   */
  endpointZones: wholeNumber(0, 3),
});
