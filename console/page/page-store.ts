import type { View } from './address';
import type { PageState } from './page-state';
import { storedTheme } from './theme';

/** The page's state. It is drawn with the browser's next frame after a change. */
export class PageStore {
  readonly #draw: (state: PageState) => void;
  #state: PageState;
  #isWaiting = false;

  constructor(view: View, draw: (state: PageState) => void) {
    this.#draw = draw;
    this.#state = firstState(view);
  }

  get state(): PageState {
    return this.#state;
  }

  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#draw(this.#state);
    });
  }
}

function firstState(view: View): PageState {
  return {
    view,
    theme: storedTheme(),
    filter: '',
    nowMs: undefined,
    ageMs: 0,
    outage: undefined,
    markets: undefined,
    coverage: undefined,
    gaps: undefined,
    days: undefined,
    run: undefined,
    window: undefined,
    visible: undefined,
    pointedMs: undefined,
    isTableShown: false,
    isDayTableShown: false,
    announcement: '',
  };
}
