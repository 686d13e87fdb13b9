import { inTurns } from '../../../../../lambdas/shared/adapters/kafka/in-turns';

/** Work whose turns end when they are told to. */
class HeldWork {
  readonly turns: string[][] = [];
  readonly #ends: ((error?: Error) => void)[] = [];

  readonly work = (items: readonly string[]): Promise<void> => {
    this.turns.push([...items]);
    return new Promise((resolve, reject) => {
      this.#ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };

  async end(turn: number, error?: Error): Promise<void> {
    this.#ends[turn]?.(error);
    await new Promise(setImmediate);
  }
}

const soon = () => new Promise(setImmediate);

test('what is given while a turn is at work goes together in the next, in order', async () => {
  const held = new HeldWork();
  const give = inTurns(held.work);

  const first = give(['a']);
  await soon();
  const others = [give(['b', 'c']), give(['d'])];
  await soon();
  expect(held.turns).toEqual([['a']]);
  await held.end(0);
  expect(held.turns).toEqual([['a'], ['b', 'c', 'd']]);
  await held.end(1);

  await expect(Promise.all([first, ...others])).resolves.toEqual([undefined, undefined, undefined]);
});

test('a turn that fails rejects its own items, and the next goes on', async () => {
  const held = new HeldWork();
  const give = inTurns(held.work);

  const failing = expect(give(['a'])).rejects.toThrow('no broker');
  await soon();
  const next = give(['b']);
  await held.end(0, new Error('no broker'));
  await failing;
  await held.end(1);

  await expect(next).resolves.toBeUndefined();
  expect(held.turns).toEqual([['a'], ['b']]);
});
