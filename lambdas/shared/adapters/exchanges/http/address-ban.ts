import type { BanToNote } from '../../../domain/ports';
import { type AskedParty, ExchangeError } from './exchange-error';

/** Failures of whatever an address asks for. */
type ShutOut = 'Banned' | 'RegionRefused';

const SAID: Readonly<Record<ShutOut, string>> = {
  Banned: 'has banned this address',
  RegionRefused: 'does not serve the region of this address',
};

/** No ban lasts longer: what says so is a mistake. */
export const LONGEST_BAN_MS = 3 * 24 * 60 * 60_000;
/** Clocks of two processes may be so far apart. */
const CLOCKS_APART_MS = 60_000;

/**
 * The time in which an exchange refuses all that this address asks for. All clients of an exchange
 * in a process have one together: what one of them is refused, no other sends. A refusal that this
 * process met stays until its end; a ban that others noted lasts as long as their note stands.
 */
export class AddressBan {
  #failure: ShutOut = 'Banned';
  #metUntilMs = 0;
  #metAtMs = 0;
  #heededUntilMs = 0;
  /** Whether the refusal that was met was seen among the notes: who took it back since meant to. */
  #wasSeenNoted = false;

  /** Notes a refusal that was met at `nowMs`: of several, the one that lasts longest counts. */
  note(failure: ShutOut, untilMs: number, nowMs: number): void {
    if (!(untilMs > this.#metUntilMs)) return;
    this.#failure = failure;
    this.#metUntilMs = untilMs;
    this.#metAtMs = nowMs;
    this.#wasSeenNoted = false;
  }

  /**
   * Follows the ban that is noted for all processes; null if none is. It replaces what was noted
   * before. One that ends later than any ban does is not believed.
   */
  heed(untilMs: number | null, nowMs: number): void {
    const isBelieved = untilMs !== null && untilMs <= nowMs + LONGEST_BAN_MS + CLOCKS_APART_MS;
    this.#heededUntilMs = isBelieved ? untilMs : 0;
    this.#wasSeenNoted ||= this.#heededUntilMs >= this.#metUntilMs;
  }

  /** The ban that this process met, and that no other is known to have noted; undefined if there is none, or it is over. */
  toNote(nowMs: number): BanToNote | undefined {
    const isBan = this.#failure === 'Banned' && nowMs < this.#metUntilMs;
    if (!isBan || this.#heededUntilMs >= this.#metUntilMs) return undefined;
    const isTakenBack = this.#wasSeenNoted && this.#heededUntilMs <= nowMs;
    return isTakenBack ? undefined : { untilMs: this.#metUntilMs, metAtMs: this.#metAtMs };
  }

  /** The end of what is refused, met or heeded; undefined if nothing is. */
  endMs(nowMs: number): number | undefined {
    const endMs = Math.max(this.#metUntilMs, this.#heededUntilMs);
    return nowMs < endMs ? endMs : undefined;
  }

  /** @throws ExchangeError if nothing is to be sent now */
  assertOver({ title }: AskedParty, nowMs: number): void {
    const endMs = this.endMs(nowMs);
    if (endMs === undefined) return;
    const failure = this.#metUntilMs === endMs ? this.#failure : 'Banned';
    const end = new Date(endMs).toISOString();
    throw new ExchangeError(failure, `${title} ${SAID[failure]}: nothing is sent before ${end}`);
  }
}
