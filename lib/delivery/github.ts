import { gzipSync } from 'node:zlib';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { deliveryBranch } from '../estate/delivery';
import { ArtifactError } from './artifact';

export interface GitHubOptions {
  /** `owner/name`. */
  readonly repository: string;
  /** The job's own token. */
  readonly token: string;
  /** @default GitHub's public address */
  readonly apiUrl?: string;
}

/** Login of the app whose token a job has; only its comments and issues are ours to update. */
const ourLogin = 'github-actions[bot]';
/** Characters that GitHub takes in a comment or an issue. */
export const bodyLimit = 65_536;
/** Characters that GitHub takes in the description of a status. */
const descriptionLimit = 140;

export interface PullRequest {
  readonly number: number;
  /** The branch is in another repository. */
  readonly fromFork: boolean;
}

export interface Artifact {
  readonly id: number;
  readonly bytes: number;
}

export type StatusState = 'pending' | 'success' | 'failure' | 'error';

const Client = Octokit.plugin(paginateRest, retry);

/** What the pipeline asks of GitHub. */
export class GitHub {
  private readonly client: InstanceType<typeof Client>;
  private readonly place: { readonly owner: string; readonly repo: string };

  constructor({ repository, token, apiUrl }: GitHubOptions) {
    const [owner = '', repo = ''] = repository.split('/');
    this.place = { owner, repo };
    this.client = new Client({ auth: token, ...(apiUrl !== undefined && { baseUrl: apiUrl }) });
  }

  /**
   * Open pull requests to the branch that deploys whose head is this commit.
   *
   * Found by the commit alone: the event of a run that a fork caused names no pull request, and whatever the run
   * itself says of its number could be somebody else's.
   */
  async pullRequestsAt(sha: string): Promise<readonly PullRequest[]> {
    const open = await this.client.paginate('GET /repos/{owner}/{repo}/pulls', {
      ...this.place,
      state: 'open',
      base: deliveryBranch,
      per_page: 100,
    });
    return open
      .filter(({ head }) => head.sha === sha)
      .map(({ number, head, base }) => ({ number, fromFork: head.repo?.id !== base.repo.id }));
  }

  /** The artifact of a run, or undefined when it left none. */
  async artifactOf(runId: number, name: string): Promise<Artifact | undefined> {
    const { data } = await this.client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      ...this.place,
      run_id: runId,
      name,
    });
    const [artifact] = data.artifacts.filter((one) => one.name === name && !one.expired);
    return artifact && { id: artifact.id, bytes: artifact.size_in_bytes };
  }

  /**
   * The archive of an artifact, as it was uploaded.
   *
   * @param limit bytes
   * @throws ArtifactError beyond it
   */
  async download(artifact: Artifact, limit: number): Promise<Buffer> {
    if (artifact.bytes > limit) throw tooLarge(artifact.bytes, limit);
    const { data } = await this.client.request(
      'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
      {
        ...this.place,
        artifact_id: artifact.id,
        archive_format: 'zip',
      },
    );
    const archive = Buffer.from(data as unknown as ArrayBuffer);
    if (archive.length > limit) throw tooLarge(archive.length, limit);
    return archive;
  }

  /** The commit of our branch from which another commit departed. */
  async mergeBase(sha: string): Promise<string> {
    const { data } = await this.client.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...this.place,
      basehead: `${deliveryBranch}...${sha}`,
      // The answer holds the commits too, which nobody needs.
      per_page: 1,
    });
    return data.merge_base_commit.sha;
  }

  /**
   * A file of the repository at a commit, or undefined when it has none.
   *
   * @throws for a folder, a link, or more than a megabyte
   */
  async fileAt(sha: string, path: string): Promise<string | undefined> {
    const { data } = await this.client
      .request('GET /repos/{owner}/{repo}/contents/{path}', { ...this.place, path, ref: sha })
      .catch((error: { status?: number }) => {
        if (error.status === 404) return { data: undefined };
        throw error;
      });
    if (data === undefined) return undefined;
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data) || data.encoding !== 'base64') {
      throw new Error(`${path} is not a file of at most a megabyte at ${sha}. Commit it as a plain file.`);
    }
    return Buffer.from(data.content, 'base64').toString('utf8');
  }

  /**
   * One comment per marker: the earlier one is updated in place.
   *
   * @returns its address
   */
  async comment(pullRequest: number, marker: string, body: string): Promise<string> {
    const comments = await this.client.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...this.place,
      issue_number: pullRequest,
      per_page: 100,
    });
    // Anybody can write the marker into a comment of their own.
    const ours = comments.find(({ user, body: text }) => user?.login === ourLogin && text?.startsWith(marker));
    const content = { ...this.place, body: `${marker}\n${body}` };
    const { data } = ours
      ? await this.client.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
          ...content,
          comment_id: ours.id,
        })
      : await this.client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...content,
          issue_number: pullRequest,
        });
    return data.html_url;
  }

  async setStatus(
    sha: string,
    status: {
      readonly context: string;
      readonly state: StatusState;
      readonly description: string;
      readonly url?: string;
    },
  ): Promise<void> {
    await this.client.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
      ...this.place,
      sha,
      context: status.context,
      state: status.state,
      description: status.description.slice(0, descriptionLimit),
      ...(status.url !== undefined && { target_url: status.url }),
    });
  }

  /** Hands findings to code scanning, for the head of a pull request. */
  async uploadSarif(sha: string, pullRequest: number, sarif: string): Promise<void> {
    await this.client.request('POST /repos/{owner}/{repo}/code-scanning/sarifs', {
      ...this.place,
      commit_sha: sha,
      ref: `refs/pull/${pullRequest}/head`,
      sarif: gzipSync(sarif).toString('base64'),
    });
  }

  /**
   * One issue per marker: an open one is updated in place, a closed one stays closed and a new one is opened.
   *
   * @returns its address
   */
  async issue(marker: string, title: string, body: string): Promise<string> {
    const ours = await this.openIssue(marker);
    const content = { ...this.place, title, body: `${marker}\n${body}` };
    const { data } = ours
      ? await this.client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
          ...content,
          issue_number: ours.number,
        })
      : await this.client.request('POST /repos/{owner}/{repo}/issues', content);
    return data.html_url;
  }

  /** Closes the open issue of a marker, if there is one. */
  async closeIssue(marker: string, reason: string): Promise<void> {
    const ours = await this.openIssue(marker);
    if (ours === undefined) return;
    await this.client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...this.place,
      issue_number: ours.number,
      body: `${marker}\n${reason}`,
      state: 'closed',
    });
  }

  private async openIssue(marker: string) {
    const open = await this.client.paginate('GET /repos/{owner}/{repo}/issues', {
      ...this.place,
      state: 'open',
      creator: ourLogin,
      per_page: 100,
    });
    return open.find(({ body: text, pull_request }) => !pull_request && text?.startsWith(marker));
  }
}

const tooLarge = (bytes: number, limit: number): ArtifactError =>
  new ArtifactError(`The artifact is too large, got: ${bytes} bytes of at most ${limit}.`);
