import { type AskedParty, ExchangeError } from './exchange-error';

/** Failures of whatever an address asks for. */
type ShutOut = 'Banned' | 'RegionRefused';

const SAID: Readonly<Record<ShutOut, string>> = {
  Banned: 'has banned this address',
  RegionRefused: 'does not serve the region of this address',
};

/**
 * The time in which an exchange refuses all that this address asks for. All clients of an exchange
 * in a process have one together: what one of them is refused, no other sends.
 */
export class AddressBan {
  #failure: ShutOut = 'Banned';
  #untilMs = 0;

  /** Notes a refusal: of several, the one that lasts longest counts. */
  note(failure: ShutOut, untilMs: number): void {
    if (untilMs <= this.#untilMs) return;
    this.#failure = failure;
    this.#untilMs = untilMs;
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
