import type { InvocationResult } from '../../emulator/lambda/invoker';
import type { FunctionName } from '../../emulator/template/pipeline-template';
import type { DeployedFunction } from './deployed-functions';

/** The functions that are deployed, by their names in the pipeline. */
export type DeployedFunctions = Readonly<Record<FunctionName, DeployedFunction>>;

/** What keeps the functions up to date. */
export interface CurrentFunctionsOptions {
  /** Looks up the functions that are deployed now. */
  readonly find: () => Promise<DeployedFunctions>;
  /** Takes the functions where they are others than before, by their names in Lambda. */
  readonly onOthers: (functions: DeployedFunctions) => void;
  readonly onWarning: (message: string) => void;
}

/** The functions that are deployed, as they were last found. */
export class CurrentFunctions {
  readonly #options: CurrentFunctionsOptions;
  #functions: DeployedFunctions;
  #looking = false;

  constructor(functions: DeployedFunctions, options: CurrentFunctionsOptions) {
    this.#functions = functions;
    this.#options = options;
  }

  of(name: FunctionName): DeployedFunction {
    return this.#functions[name];
  }

  /**
   * Looks after a failure whether the functions were deployed anew, or into
   * another LocalStack: the event source tries again with what is found.
   */
  async heard({ ok }: Pick<InvocationResult, 'ok'>): Promise<void> {
    if (ok || this.#looking) return;
    this.#looking = true;
    try {
      const found = await this.#options.find();
      const isOther = namesOf(found) !== namesOf(this.#functions);
      this.#functions = found;
      if (isOther) this.#options.onOthers(found);
    } catch (error) {
      this.#options.onWarning(String(error));
    } finally {
      this.#looking = false;
    }
  }
}

function namesOf(functions: DeployedFunctions): string {
  return Object.values(functions)
    .map(({ functionName }) => functionName)
    .join(' ');
}
