import { parameterProblem } from '../http/problem';

/** @throws Problem with status 422 if a range ends where it starts, or before */
export function orderedRange(from: number | undefined, to: number | undefined): void {
  if (from === undefined || to === undefined || from < to) return;
  throw parameterProblem(422, [{ name: 'to', reason: 'it is not after `from`' }]);
}
