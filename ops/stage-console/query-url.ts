import {
  GetFunctionUrlConfigCommand,
  LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { ask, type AwsAccountOptions, clientConfig } from '../aws/ask-aws';
import { OperationError } from '../operation-error';

/** The stage whose function is looked for, and where. */
export interface QueryUrlPlace extends AwsAccountOptions {
  readonly stage: string;
  readonly region: string;
}

/**
 * Looks up the address of a stage's query API, without a slash at its end.
 *
 * @throws OperationError if the stage is not deployed there, has no query API, or AWS does not answer
 */
export async function findQueryUrl(place: QueryUrlPlace): Promise<string> {
  const client = new LambdaClient(clientConfig(place, place.region));
  const url = await ask({ service: 'Lambda', client }, async (abortSignal) => {
    const name = await findFunction(client, place.stage);
    if (name === undefined) return undefined;
    const command = new GetFunctionUrlConfigCommand({ FunctionName: name });
    return (await client.send(command, { abortSignal })).FunctionUrl;
  });
  if (url !== undefined) return url.replace(/\/$/, '');
  const { stage, region } = place;
  throw new OperationError(
    `There is no function query of the stage ${stage} in ${region}: deploy it (npm run deploy -- --stage ${stage}), with queryApi in lib/stages/, or give its --region`,
  );
}

/** Finds the function by the variable that names it in its logs. */
async function findFunction(client: LambdaClient, stage: string): Promise<string | undefined> {
  for await (const { Functions: functions = [] } of paginateListFunctions({ client }, {})) {
    const found = functions.find(
      ({ FunctionName: name, Environment }) =>
        name?.startsWith(`Candlestream-${stage}-Pipeline-`) === true &&
        Environment?.Variables?.['POWERTOOLS_SERVICE_NAME'] === 'query',
    );
    if (found?.FunctionName !== undefined) return found.FunctionName;
  }
  return undefined;
}
