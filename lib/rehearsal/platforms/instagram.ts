import { formOf, PlatformServer, type Reply } from './platform-server';

type ContainerStatus = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED';

interface Container {
  readonly id: string;
  readonly caption: string;
  readonly link: string;
  readonly video: boolean;
  status: ContainerStatus;
  /** Status reads that still say IN_PROGRESS. */
  processingReads: number;
}

/** Graph API v19.0 as far as publishing uses it, and the refresh of long-lived tokens. */
export class InstagramServer extends PlatformServer {
  readonly containers: Container[] = [];
  readonly media: { id: string; caption: string; permalink: string; timestamp: string; containerId: string }[] = [];
  /** Status reads for which a new container is in progress. */
  processingReads = 0;
  /** What a new container ends as. */
  endsAs: ContainerStatus = 'FINISHED';
  /** The only token that is let in; undefined: any. */
  accessToken: string | undefined;
  refreshes = 0;

  constructor() {
    super([
      {
        name: 'create',
        method: 'POST',
        pattern: /^\/v19\.0\/(?<account>\d+)\/media$/,
        handle: (r) => this.create(formOf(r)),
      },
      {
        name: 'publish',
        method: 'POST',
        pattern: /^\/v19\.0\/\d+\/media_publish$/,
        handle: (r) => this.publish(formOf(r)),
      },
      {
        name: 'media',
        method: 'GET',
        pattern: /^\/v19\.0\/\d+\/media$/,
        handle: () => ({ body: { data: [...this.media].reverse() } }),
      },
      {
        name: 'status',
        method: 'GET',
        pattern: /^\/v19\.0\/(?<id>c-\d+)$/,
        handle: ({ params }) => this.status(params.id),
      },
      {
        name: 'refresh',
        method: 'GET',
        pattern: /^\/refresh_access_token$/,
        handle: ({ query }) => this.refresh(query),
      },
    ]);
  }

  reset(): void {
    this.clear();
    this.containers.length = 0;
    this.media.length = 0;
    this.processingReads = 0;
    this.endsAs = 'FINISHED';
    this.refreshes = 0;
  }

  private create(form: URLSearchParams): Reply {
    const video = form.get('media_type') === 'REELS';
    const link = form.get(video ? 'video_url' : 'image_url');
    if (!link) return graphError(100, 'The parameter image_url is required');
    const id = `c-${this.containers.length + 1}`;
    const { processingReads, endsAs } = this;
    this.containers.push({ id, caption: form.get('caption') ?? '', link, video, status: endsAs, processingReads });
    return { body: { id } };
  }

  private status(id: string | undefined): Reply {
    const container = this.containers.find((candidate) => candidate.id === id);
    if (!container) return graphError(100, `Unsupported get request. Object with ID '${id}' does not exist`, 33);
    if (container.processingReads > 0) {
      container.processingReads -= 1;
      return { body: { id, status_code: 'IN_PROGRESS' } };
    }
    return { body: { id, status_code: container.status, status: container.status } };
  }

  private publish(form: URLSearchParams): Reply {
    const container = this.containers.find(({ id }) => id === form.get('creation_id'));
    if (!container) return graphError(100, 'Invalid parameter');
    if (container.processingReads > 0) return graphError(9007, 'Media ID is not available', 2207027);
    if (container.status !== 'FINISHED') return graphError(100, 'The media has already been published');
    container.status = 'PUBLISHED';
    const id = `m-${this.media.length + 1}`;
    const { caption } = container;
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, '+0000');
    this.media.push({
      id,
      caption,
      permalink: `https://www.instagram.com/p/${id}/`,
      timestamp,
      containerId: container.id,
    });
    return { body: { id } };
  }

  private refresh(query: URLSearchParams): Reply {
    if (query.get('grant_type') !== 'ig_refresh_token') return graphError(100, 'Invalid grant type');
    this.refreshes += 1;
    return {
      body: {
        access_token: `${query.get('access_token')}-r${this.refreshes}`,
        token_type: 'bearer',
        expires_in: 5_184_000,
      },
    };
  }
}

/** An error in the Graph API's form. */
export function graphError(code: number, message: string, subcode?: number, status = 400): Reply {
  return {
    status,
    body: { error: { message, type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'trace' } },
  };
}
