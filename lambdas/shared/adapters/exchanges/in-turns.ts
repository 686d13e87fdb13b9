/**
 * Does work on items in turns, one turn at a time: what is given while a turn
 * is at work waits, and then goes together, in the order in which it was given.
 * So a lone item goes at once, and many share the price of a turn.
 *
 * @returns a function of items; it resolves or rejects as the turn does that they are part of
 */
export function inTurns<Item>(
  work: (items: readonly Item[]) => Promise<void>,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Item[] = [];
  let atWork: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const takeTurn = (): Promise<void> => {
    const items = waiting;
    waiting = [];
    next = undefined;
    return work(items);
  };
  return (items) => {
    waiting = waiting.concat(items);
    if (next === undefined) {
      next = atWork.then(takeTurn, takeTurn);
      atWork = next;
    }
    return next;
  };
}
