import { isDeliverer } from '../../lib/estate/delivery';
import { estateApp } from '../../stacks-aws/app';
import { DeliveryStage } from '../../stacks-aws/delivery';
import { type CloudFormationTemplate, settingsWith } from './estate';

/** A repository for tests; the settings of the account name none. */
export const exampleRepository = 'example-org/huntaze-estate';

/** Template of the pipeline's identities. */
export function deliveryTemplate(): CloudFormationTemplate {
  const settings = settingsWith({ githubRepository: exampleRepository });
  if (!isDeliverer(settings.delivery)) throw new Error('The settings of the test name no repository.');
  const app = estateApp();
  const stage = new DeliveryStage(app, 'delivery', { settings, delivery: settings.delivery });
  const [artifact] = stage.synth().stacks;
  return artifact?.template as CloudFormationTemplate;
}
