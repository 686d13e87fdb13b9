import * as v from 'valibot';
import { EXCHANGE_FACTS } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { group, oneOfKinds, wholeNumber } from './setting-values';

/** Requests and minutes that are left to others, and to the time that a request takes. */
const MARGIN = 10;

const GateIo = group({
  kind: v.literal('gate-io'),
  /** Base URL of its API. */
  url: v.pipe(
    v.string('give a URL'),
    v.url('give a URL'),
    v.endsWith('/api/v4', 'end it with /api/v4'),
  ),
  /** Base URL of its archive of past months. */
  archiveUrl: v.pipe(v.string('give a URL'), v.url('give a URL')),
  /** Requests sent in 10 s, by fetch and reconcile together: fewer than it answers. */
  requestsPer10Seconds: wholeNumber(2, EXCHANGE_FACTS['gate-io'].answeredPer10Seconds - MARGIN),
  /** Minutes back from now that are requested: fewer than it serves. */
  retentionMinutes: wholeNumber(1, EXCHANGE_FACTS['gate-io'].servedMinutes - MARGIN),
});

/** Exchange of a stage. */
export const ExchangeSettings = oneOfKinds([GateIo]);
