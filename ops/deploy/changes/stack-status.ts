/** A deployed stack, and its status, such as `UPDATE_COMPLETE`. */
export interface StackStatus {
  readonly name: string;
  readonly status: string;
}

/** Problems of stacks that take no deployment until someone has brought them to an end. */
export function statusProblems(
  stacks: readonly StackStatus[],
  { stage, region }: { readonly stage: string; readonly region: string },
): string[] {
  return stacks.flatMap(({ name, status }) => {
    if (status === 'UPDATE_ROLLBACK_FAILED') {
      const command = `aws cloudformation continue-update-rollback --stack-name ${name} --region ${region}`;
      return [
        `The stack ${name} is stuck (${status}): finish its way back first with ${command}; see docs/runbook.md#an-update-that-is-stuck`,
      ];
    }
    if (status !== 'DELETE_FAILED') return [];
    return [
      `The stack ${name} is half deleted (${status}): finish that first with npm run destroy -- --stage ${stage} --region ${region}`,
    ];
  });
}
