/** The templates could not be checked, or did not pass; the message says what to do. */
export class LintProblem extends Error {
  override readonly name = 'LintProblem';
}
