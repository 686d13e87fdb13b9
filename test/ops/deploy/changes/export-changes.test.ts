import { addStage } from '../../../../lib/candlestream';
import { dev } from '../../../../lib/stages/dev';
import { unbundledApp } from '../../../../lib/unbundled-app';
import { synthesizedTemplates } from '../../../../ops/stages/stage-resources';
import { exportProblems, importedNames } from '../../../../ops/deploy/changes/export-changes';

const PIPELINE = 'Candlestream-dev-Pipeline';

function importsOfDev(): { readonly stack: string; readonly name: string }[] {
  const app = unbundledApp();
  const { pipeline } = addStage(app, dev);
  const { template } = app.synth().getStackByName(pipeline.stackName) as { template: unknown };
  return importedNames(template).map((name) => ({ stack: PIPELINE, name }));
}

test('the pipeline imports what the data stack exports: deployed again, nothing is lost', () => {
  const { exports: names } = synthesizedTemplates(dev);
  const imports = importsOfDev();
  expect(imports.length).toBeGreaterThan(0);
  expect(exportProblems({ stage: 'dev', names }, imports)).toEqual([]);
});

test('an export that is gone is named once, with the stack that imports it', () => {
  const [gone, ...others] = importsOfDev();
  const names = others.map(({ name }) => name);
  expect(exportProblems({ stage: 'dev', names }, importsOfDev())).toEqual([
    expect.stringContaining(`${PIPELINE} imports ${String(gone?.name)}, which`),
  ]);
});

test('names are found wherever they stand in a template, each once', () => {
  const template = {
    Resources: {
      A: { Properties: { List: [{ 'Fn::Join': ['', ['x', { 'Fn::ImportValue': 'One' }]] }] } },
      B: {
        Properties: { Role: { 'Fn::ImportValue': 'Two' }, Other: { 'Fn::ImportValue': 'One' } },
      },
    },
    Outputs: { Url: { Value: { 'Fn::ImportValue': 'Three' } } },
  };
  expect(importedNames(template)).toEqual(['One', 'Two', 'Three']);
  expect(importedNames(null)).toEqual([]);
});
