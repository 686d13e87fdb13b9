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
 * in a process have one together: what one of them is refused, no other sends.
 */
export class AddressBan {
  #failure: ShutOut = 'Banned';
  #untilMs = 0;

  /** Notes a refusal: of several, the one that lasts longest counts. */
  note(failure: ShutOut, untilMs: number): void {
    if (!(untilMs > this.#untilMs)) return;
    this.#failure = failure;
    this.#untilMs = untilMs;
  }

  /** Notes a ban that another process met. One that ends later than any does is not believed. */
  heed(untilMs: number, nowMs: number): void {
    if (untilMs <= nowMs + LONGEST_BAN_MS + CLOCKS_APART_MS) this.note('Banned', untilMs);
  }

  /** The end of a ban; undefined if there is none, or it is over. */
  endMs(nowMs: number): number | undefined {
    return this.#failure === 'Banned' && nowMs < this.#untilMs ? this.#untilMs : undefined;
  }

  /** @throws ExchangeError if nothing is to be sent now */
  assertOver({ title }: AskedParty, nowMs: number): void {
    if (nowMs >= this.#untilMs) return;
    const end = new Date(this.#untilMs).toISOString();
    throw new ExchangeError(
      this.#failure,
      `${title} ${SAID[this.#failure]}: nothing is sent before ${end}`,
    );
  }
}
