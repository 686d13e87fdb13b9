import type { BanStore, Exchange, Telemetry } from '../domain/ports';

interface BanPorts {
  readonly exchange: Pick<Exchange, 'banToNote'>;
  readonly store: BanStore;
  readonly telemetry: Telemetry;
}

/** The firing at whose end a ban is noted. */
interface NotingFiring {
  /** The name of the exchange. */
  readonly exchange: string;
  readonly nowMs: number;
}

/**
 * Notes the ban that this process met: a process that does not know of it would
 * ask into it, and an exchange bans for longer each time. If it cannot be noted,
 * that is logged and stops nothing; the next firing of this process notes it.
 */
export async function noteBan(
  { exchange: asked, store, telemetry }: BanPorts,
  { exchange, nowMs }: NotingFiring,
): Promise<void> {
  const ban = asked.banToNote();
  if (ban === undefined) return;
  const details = { exchange, until: new Date(ban.untilMs).toISOString() };
  try {
    // A firing is older than the ban it met: a note of its time would lose to that of an earlier ban.
    await store.writeBan(exchange, ban.untilMs, Math.max(nowMs, ban.metAtMs));
    telemetry.warn('banned by the exchange: nothing is sent before the ban ends', details);
  } catch (cause) {
    telemetry.error('ban not noted: other processes may ask into it', details, cause);
  }
}
