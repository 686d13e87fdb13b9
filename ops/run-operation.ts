import { HelpRequested, UsageError } from '../cli/command-line';
import { OperationError } from './operation-error';

/** The texts that a command prints. */
export interface Printer {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/**
 * Runs a command, and prints its help or the reason for its failure.
 *
 * @returns the exit code: that of the command; 1 if it fails; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export async function runOperation(
  { print, printError }: Printer,
  operation: () => Promise<number>,
): Promise<number> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof HelpRequested) {
      print(error.message);
      return 0;
    }
    if (!(error instanceof UsageError || error instanceof OperationError)) throw error;
    printError(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
