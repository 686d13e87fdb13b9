/** A command cannot do its work: the message says why, and the remedy. */
export class OperationError extends Error {
  override readonly name: string = 'OperationError';
}
