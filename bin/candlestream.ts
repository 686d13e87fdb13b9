import { App } from 'aws-cdk-lib';
import { addStage } from '../lib/candlestream';
import { askedStages } from '../lib/stages/asked-stages';

const app = new App();
const asked = (key: string): unknown => app.node.tryGetContext(key);
for (const stage of askedStages(asked('stage'), asked('settings'))) addStage(app, stage);
