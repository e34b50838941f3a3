import {
  type AppConfigClient,
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeploymentStrategies,
  paginateListEnvironments,
} from '@aws-sdk/client-appconfig';
import { appConfig } from '../../estate/support';
import { collect } from '../clients';
import type { Properties, Section } from '../model';

export const flagsSection: Section = {
  id: 'flags',
  part: 'support',
  nameHeading: 'name',
  columns: [],

  expected: () => [
    {
      kind: 'modelled',
      name: appConfig.name,
      label: '',
      properties: {
        environments: [appConfig.environment],
        profiles: [{ name: appConfig.profile, type: 'AWS.AppConfig.FeatureFlags' }],
        strategy: {
          deploymentDurationMinutes: appConfig.strategy.deploymentDurationMinutes,
          growthFactor: appConfig.strategy.growthFactor,
          finalBakeTimeMinutes: appConfig.strategy.finalBakeTimeMinutes,
        },
      },
    },
  ],

  async read({ appConfig: client }, name) {
    const applications = await collect(paginateListApplications({ client }, {}), (page) => page.Items);
    const application = applications.find((candidate) => candidate.Name === name);
    if (application === undefined) return undefined;
    const ApplicationId = application.Id;
    const environments = await collect(paginateListEnvironments({ client }, { ApplicationId }), (page) => page.Items);
    const profiles = await collect(
      paginateListConfigurationProfiles({ client }, { ApplicationId }),
      (page) => page.Items,
    );
    return {
      environments: environments.map((environment) => environment.Name ?? '').sort(),
      profiles: profiles.map((profile) => ({ name: profile.Name ?? null, type: profile.Type ?? null })),
      strategy: await strategyOf(client),
    };
  },
};

async function strategyOf(client: AppConfigClient): Promise<Properties | null> {
  const strategies = await collect(paginateListDeploymentStrategies({ client }, {}), (page) => page.Items);
  const strategy = strategies.find((candidate) => candidate.Name === appConfig.strategy.name);
  if (strategy === undefined) return null;
  return {
    deploymentDurationMinutes: strategy.DeploymentDurationInMinutes ?? null,
    growthFactor: strategy.GrowthFactor ?? null,
    finalBakeTimeMinutes: strategy.FinalBakeTimeInMinutes ?? null,
  };
}
