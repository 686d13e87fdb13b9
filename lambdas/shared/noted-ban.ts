import type { BanStore, Exchange, Telemetry } from './domain/ports';

/** A ban at a firing, as it is noted for all processes. */
export interface NotedBan {
  /** The name of the exchange. */
  readonly exchange: string;
  /** The end that was noted when the firing began; null if none was. */
  readonly notedUntilMs: number | null;
  readonly nowMs: number;
}

interface BanPorts {
  readonly exchange: Pick<Exchange, 'bannedUntilMs'>;
  readonly store: BanStore;
  readonly telemetry: Telemetry;
}

/**
 * Notes the ban that a firing met, once: a process that does not know of it would
 * ask into it, and an exchange bans for longer each time. If it cannot be noted,
 * that is logged and stops nothing; the next firing of this process notes it.
 */
export async function noteBan(
  { exchange: asked, store, telemetry }: BanPorts,
  { exchange, notedUntilMs, nowMs }: NotedBan,
): Promise<void> {
  const untilMs = asked.bannedUntilMs();
  if (untilMs === undefined || untilMs === notedUntilMs) return;
  const details = { exchange, until: new Date(untilMs).toISOString() };
  try {
    await store.writeBan(exchange, untilMs, nowMs);
    telemetry.warn('banned by the exchange: nothing is sent before the ban ends', details);
  } catch (cause) {
    telemetry.error('ban not noted: other processes may ask into it', details, cause);
  }
}
