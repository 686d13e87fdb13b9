/** Something that stands in the way of a command; the message says what, and the remedy. */
export class DeploymentProblem extends Error {
  override readonly name = 'DeploymentProblem';
}
