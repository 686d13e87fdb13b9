import type { InvocationResult } from '../../emulator/lambda/invoker';
import type { FunctionName } from '../../emulator/template/pipeline-template';
import type { DeployedFunction, DeployedFunctions } from './deployed-functions';

/** Options for `CurrentFunctions`. */
export interface CurrentFunctionsOptions {
  /** Looks up the functions deployed now. */
  readonly find: () => Promise<DeployedFunctions>;
  /** Called if the functions have other names in Lambda than before. */
  readonly onReplaced: (functions: DeployedFunctions) => void;
  readonly onWarning: (message: string) => void;
}

/** The deployed functions, as they were last found. */
export class CurrentFunctions {
  readonly #options: CurrentFunctionsOptions;
  #functions: DeployedFunctions;
  #looking = false;

  constructor(functions: DeployedFunctions, options: CurrentFunctionsOptions) {
    this.#functions = functions;
    this.#options = options;
  }

  get(name: FunctionName): DeployedFunction {
    return this.#functions[name];
  }

  get query(): DeployedFunction | undefined {
    return this.#functions.query;
  }

  /**
   * Looks the functions up again after a failure: they may have been deployed
   * anew, or into another LocalStack. The event source retries with what is found.
   */
  async noteResult({ ok }: Pick<InvocationResult, 'ok'>): Promise<void> {
    if (ok || this.#looking) return;
    this.#looking = true;
    try {
      const found = await this.#options.find();
      const isReplaced = lambdaNames(found) !== lambdaNames(this.#functions);
      this.#functions = found;
      if (isReplaced) this.#options.onReplaced(found);
    } catch (error) {
      this.#options.onWarning(String(error));
    } finally {
      this.#looking = false;
    }
  }
}

function lambdaNames(functions: DeployedFunctions): string {
  return Object.values(functions)
    .map((deployed) => deployed?.functionName ?? '')
    .join(' ');
}
