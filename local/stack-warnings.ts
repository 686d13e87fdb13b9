import type { EventSourceProblem } from './emulator/event-source';
import type { PipelineHooks } from './emulator/start-pipeline';

type WarningHooks = Required<
  Pick<PipelineHooks, 'onEventSourceProblem' | 'onTickProblem' | 'onWarning'>
>;

/** The hooks that tell what goes wrong in a pipeline, as lines; the same only once in a row. */
export function warningHooks(note: (line: string) => void): WarningHooks {
  let said = '';
  const warn = (message: string) => {
    if (message !== said) note(`warning: ${message}`);
    said = message;
  };
  return {
    onWarning: warn,
    onEventSourceProblem: (target, problem) => warn(`${target}: ${eventSourceText(problem)}`),
    onTickProblem: ({ kind, message }) =>
      warn(`a tick ${kind === 'tick-failed' ? 'failed' : 'was left out'}: ${message}`),
  };
}

/** Without the numbers of attempt and request: the attempts of a batch are one problem. */
function eventSourceText(problem: EventSourceProblem): string {
  switch (problem.kind) {
    case 'batch-failed': {
      const { errorType, errorMessage } = problem.failure;
      return `a batch failed and is tried again: ${errorType}: ${errorMessage.replace(/^RequestId: \S+ /, '')}`;
    }
    case 'commit-failed':
      return `offsets could not be committed: ${String(problem.error)}`;
    case 'record-dropped': {
      const { topic, partition, offset, jsonBytes } = problem;
      return `the record at ${topic}-${partition} offset ${offset} is left out: no event can hold its ${jsonBytes} bytes`;
    }
  }
}
