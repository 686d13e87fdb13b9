import { App } from 'aws-cdk-lib';
import cdk from '../cdk.json';

/** An app with the project's settings whose functions are not bundled: for its templates alone. */
export function unbundledApp(outdir?: string): App {
  const context = { ...cdk.context, 'aws:cdk:bundling-stacks': [] };
  return new App({ context, ...(outdir === undefined ? {} : { outdir }) });
}
