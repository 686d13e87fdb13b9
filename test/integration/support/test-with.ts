/**
 * A test that needs a tool. It is skipped on a machine without the tool; on CI, where nothing
 * skips itself, it fails.
 *
 * @param tool the path of the tool, if it is installed
 */
export function testWith(tool: string | undefined): typeof test {
  return tool === undefined && process.env['CI'] === undefined ? test.skip : test;
}
