import type { Exchange } from '../../../lambdas/shared/domain/ports';

/** An exchange that never bans, as far as bans go. */
export const NO_BAN: Pick<Exchange, 'heedBan' | 'banToNote' | 'refusedUntilMs'> = {
  heedBan: (untilMs) => {
    if (untilMs === null) return;
    throw new Error(`Nobody was banned, but a ban until ${untilMs} is heeded`);
  },
  banToNote: () => undefined,
  refusedUntilMs: () => undefined,
};
