import type { Listings } from '../../lambdas/shared/domain/ports';

/** Simulated stages name each of their pairs. */
export const NO_LISTING: Pick<Listings, 'pairs'> = {
  pairs: () => Promise.reject(new Error('The listing is not to be asked for.')),
};
