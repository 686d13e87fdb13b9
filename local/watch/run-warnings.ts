import type {
  DiscardReason,
  EventSourceProblem,
  RecordPosition,
} from '../emulator/event-source/event-source-problem';
import { invocationFailureText } from '../emulator/lambda/invoker';
import type { PipelineHooks } from '../emulator/start-pipeline';

type WarningHooks = Required<
  Pick<PipelineHooks, 'onEventSourceProblem' | 'onFiringProblem' | 'onWarning'>
>;

/** Reports a warning, the same one only once in a row. */
export function warningsOnce(note: (line: string) => void): (message: string) => void {
  let said = '';
  return (message) => {
    if (message !== said) note(`warning: ${message}`);
    said = message;
  };
}

/** Hooks that report the problems of a pipeline as lines, the same one only once in a row. */
export function warningHooks(note: (line: string) => void): WarningHooks {
  const warn = warningsOnce(note);
  return {
    onWarning: warn,
    onEventSourceProblem: (target, problem) => warn(`${target}: ${eventSourceText(problem)}`),
    onFiringProblem: ({ kind, target, message }) =>
      warn(
        `a firing of ${target} ${kind === 'firing-failed' ? 'failed' : 'was left out'}: ${message}`,
      ),
  };
}

/** Without the numbers of attempt and request, as the attempts of a batch are one problem. */
function eventSourceText(problem: EventSourceProblem): string {
  switch (problem.kind) {
    case 'batch-failed':
      return `a batch failed and is tried again: ${invocationFailureText(problem.failure)}`;
    case 'commit-failed':
      return `offsets could not be committed: ${String(problem.error)}`;
    case 'records-dropped':
      return `${recordsText(problem)} left out: ${reasonText(problem.reason)}`;
    case 'records-sent':
      return `${recordsText(problem)} sent to ${problem.destination}: ${reasonText(problem.reason)}`;
    case 'destination-failed':
      return `${problem.destination} did not take records; they are sent again: ${String(problem.error)}`;
  }
}

/** One record or many, as the subject of a sentence. */
function recordsText({ records }: { readonly records: readonly RecordPosition[] }): string {
  const [first, ...others] = records;
  const at = first ? `${first.topic}-${first.partition} offset ${first.offset}` : 'no offset';
  return others.length === 0
    ? `the record at ${at} is`
    : `${records.length} records, the first at ${at}, are`;
}

function reasonText(reason: DiscardReason): string {
  switch (reason.kind) {
    case 'too-large':
      return `no event can hold its ${reason.jsonBytes} bytes`;
    case 'too-old':
      return `older than ${reason.maxRecordAgeMs / 1000} s`;
    case 'retries-used-up':
      return `failed again after ${reason.retryAttempts} retries: ${invocationFailureText(reason.failure)}`;
  }
}
