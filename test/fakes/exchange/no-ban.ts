import type { Exchange } from '../../../lambdas/shared/domain/ports';

/** An exchange that never bans, as far as bans go. */
export const NO_BAN: Pick<Exchange, 'heedBan' | 'bannedUntilMs'> = {
  heedBan: (untilMs) => {
    throw new Error(`Nobody was banned, but a ban until ${untilMs} is heeded`);
  },
  bannedUntilMs: () => undefined,
};
