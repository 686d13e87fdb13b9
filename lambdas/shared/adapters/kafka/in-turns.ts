/**
 * Works on items in turns, one turn at a time: items that arrive during a turn
 * wait, and share the next one in the order of their arrival. So a single item
 * goes at once, and many items share the price of a turn.
 *
 * @returns a function of items; it resolves or rejects with the turn that they are part of
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
