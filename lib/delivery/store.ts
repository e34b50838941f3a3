import { readFileSync } from 'node:fs';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { deliveryBucketName, deliveryPrefixes } from '../estate/delivery';
import { textHash } from './archive';
import { commitSchema, hashSchema } from './schemas';

const deployedSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Hash of the archive that is deployed. */
  assembly: hashSchema,
  /** Commit that it was synthesized from. */
  commit: commitSchema,
});
export type Deployed = z.infer<typeof deployedSchema>;

/**
 * The pipeline's private bucket: encrypted with a key of its own, versioned, closed to the public.
 *
 * Every call names the account that must own it: a bucket of the same name in a stranger's account gets nothing.
 */
export class DeliveryStore {
  private readonly place: { readonly Bucket: string; readonly ExpectedBucketOwner: string };

  constructor(
    private readonly s3: S3Client,
    private readonly target: { readonly account: string; readonly region: string },
  ) {
    this.place = { Bucket: deliveryBucketName(target), ExpectedBucketOwner: target.account };
  }

  /** @returns the address by which CloudFormation reads it */
  async putTemplate(template: string): Promise<string> {
    const Key = `${deliveryPrefixes.templates}${textHash(template)}.json`;
    await this.put(Key, Buffer.from(template));
    return `https://s3.${this.target.region}.amazonaws.com/${this.place.Bucket}/${Key}`;
  }

  /** Stores an archive under the hash of its bytes. */
  async putAssembly(file: string, hash: string): Promise<void> {
    await this.put(`${deliveryPrefixes.assemblies}${hash}.tgz`, readFileSync(file));
  }

  /** @throws when there is none of this hash */
  async getAssembly(hash: string): Promise<Buffer> {
    return this.mustGet(`${deliveryPrefixes.assemblies}${hash}.tgz`);
  }

  /** What an environment has, or undefined before the first deploy. */
  async deployed(environment: string): Promise<Deployed | undefined> {
    const bytes = await this.get(`${deliveryPrefixes.deployed}${environment}.json`);
    return bytes && deployedSchema.parse(JSON.parse(bytes.toString('utf8')));
  }

  async setDeployed(environment: string, deployed: Omit<Deployed, 'schemaVersion'>): Promise<void> {
    const body = `${JSON.stringify({ schemaVersion: 1, ...deployed })}\n`;
    await this.put(`${deliveryPrefixes.deployed}${environment}.json`, Buffer.from(body));
  }

  /** Stores a saved plan of Terraform under the hash of its bytes. */
  async putPlan(file: string, hash: string): Promise<void> {
    await this.put(`${deliveryPrefixes.azurePlans}${hash}.tfplan`, readFileSync(file));
  }

  /** @throws when there is none of this hash: plans expire after a week */
  async getPlan(hash: string): Promise<Buffer> {
    return this.mustGet(`${deliveryPrefixes.azurePlans}${hash}.tfplan`);
  }

  private async put(Key: string, Body: Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ ...this.place, Key, Body }));
  }

  private async get(Key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ ...this.place, Key }));
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  private async mustGet(key: string): Promise<Buffer> {
    const bytes = await this.get(key);
    if (bytes !== undefined) return bytes;
    throw new Error(
      `The delivery bucket ${this.place.Bucket} has no ${key}. It expired or was never stored: plan again.`,
    );
  }
}
