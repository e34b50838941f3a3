import {
  CfnApplication,
  CfnConfigurationProfile,
  CfnDeploymentStrategy,
  CfnEnvironment,
} from 'aws-cdk-lib/aws-appconfig';
import type { Construct } from 'constructs';
import { PostgresInstance } from '../lib/constructs/postgres-instance';
import { RedisNode } from '../lib/constructs/redis-node';
import { retainState } from '../lib/constructs/stateful';
import { Table } from '../lib/constructs/table';
import { cache, databases } from '../lib/estate/databases';
import { publishedCacheHost, publishedFlags } from '../lib/estate/published';
import type { AccountSettings } from '../lib/estate/settings';
import { appConfig, masterPasswordSecret, tables } from '../lib/estate/support';
import { defaultSubnetIds } from './default-vpc';
import { EstateStack } from './estate-stack';
import { securityGroupParameter } from './network';

/** Audit section 2, and the tables and flags that the functions cannot run without. */
export class DataStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'data', { ...props, description: 'Huntaze estate: PostgreSQL, Redis, tables, feature flags' });
    for (const row of databases) {
      new PostgresInstance(this, row.name, {
        row,
        settings: this.settings,
        securityGroupId: this.published('network', securityGroupParameter('database')),
        passwordSecret: masterPasswordSecret,
      });
    }
    const redis = new RedisNode(this, cache.name, {
      row: cache,
      subnetIds: defaultSubnetIds(this.settings, cache.subnetZones),
      securityGroupId: this.published('network', securityGroupParameter('cache')),
    });
    this.publish(publishedCacheHost, redis.host);
    for (const row of tables) new Table(this, row.name, { row, settings: this.settings });
    this.addFeatureFlags();
  }

  private addFeatureFlags(): void {
    const application = new CfnApplication(this, 'FlagsApplication', { name: appConfig.name });
    const environment = new CfnEnvironment(this, 'FlagsEnvironment', {
      applicationId: application.ref,
      name: appConfig.environment,
    });
    const profile = new CfnConfigurationProfile(this, 'FlagsProfile', {
      applicationId: application.ref,
      name: appConfig.profile,
      locationUri: 'hosted',
      type: 'AWS.AppConfig.FeatureFlags',
    });
    const { strategy } = appConfig;
    const deploymentStrategy = new CfnDeploymentStrategy(this, 'FlagsStrategy', {
      name: strategy.name,
      deploymentDurationInMinutes: strategy.deploymentDurationMinutes,
      growthFactor: strategy.growthFactor,
      finalBakeTimeInMinutes: strategy.finalBakeTimeMinutes,
      replicateTo: 'NONE',
    });
    for (const [resource, kind, name] of [
      [application, 'AppConfigApplication', appConfig.name],
      [environment, 'AppConfigEnvironment', appConfig.environment],
      [profile, 'AppConfigProfile', appConfig.profile],
      [deploymentStrategy, 'AppConfigStrategy', strategy.name],
    ] as const) {
      retainState(resource, kind, name);
    }
    this.publish(publishedFlags.application, application.ref);
    this.publish(publishedFlags.environment, environment.ref);
    this.publish(publishedFlags.profile, profile.ref);
    this.publish(publishedFlags.strategy, deploymentStrategy.ref);
  }
}
