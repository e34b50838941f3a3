import { formOf, jsonBodyOf, type PlatformRequest, PlatformServer, type Reply } from './platform-server';

type Status = 'PROCESSING_UPLOAD' | 'PROCESSING_DOWNLOAD' | 'SEND_TO_USER_INBOX' | 'PUBLISH_COMPLETE' | 'FAILED';

interface SourceInfo {
  readonly source: 'FILE_UPLOAD' | 'PULL_FROM_URL';
  readonly video_url?: string;
  readonly video_size?: number;
  readonly chunk_size?: number;
  readonly total_chunk_count?: number;
}

export interface TikTokDraft {
  readonly publishId: string;
  readonly source: SourceInfo;
  readonly title: string;
  status: Status;
  failReason?: string;
  received: Buffer[];
  /** Status reads that still say it is processed. */
  processingReads: number;
}

const megabyte = 1_000_000;

/** TikTok's content posting as far as publishing uses it, its chunk rules included, and the refresh of tokens. */
export class TikTokServer extends PlatformServer {
  readonly drafts: TikTokDraft[] = [];
  readonly videos: { id: string; video_description: string; create_time: number; share_url: string }[] = [];
  /** Status reads for which a whole video is processed. */
  processingReads = 0;
  refreshes = 0;

  constructor() {
    super([
      {
        name: 'init',
        method: 'POST',
        pattern: /^\/v2\/post\/publish\/inbox\/video\/init\/$/,
        handle: (r) => this.init(r),
      },
      {
        name: 'status',
        method: 'POST',
        pattern: /^\/v2\/post\/publish\/status\/fetch\/$/,
        handle: (r) => this.status(r),
      },
      { name: 'upload', method: 'PUT', pattern: /^\/upload\/(?<id>[\w.~-]+)$/, handle: (r) => this.upload(r) },
      { name: 'list', method: 'POST', pattern: /^\/v2\/video\/list\/$/, handle: () => ok({ videos: this.videos }) },
      { name: 'refresh', method: 'POST', pattern: /^\/v2\/oauth\/token\/$/, handle: (r) => this.refresh(formOf(r)) },
    ]);
  }

  reset(): void {
    this.clear();
    this.drafts.length = 0;
    this.videos.length = 0;
    this.processingReads = 0;
    this.refreshes = 0;
  }

  /** Drafts that are in the creator's inbox, or on their way into it. */
  get delivered(): TikTokDraft[] {
    return this.drafts.filter(({ status }) => status !== 'PROCESSING_UPLOAD' && status !== 'FAILED');
  }

  private init(request: PlatformRequest): Reply {
    const { post_info, source_info } = jsonBodyOf<{ post_info?: { title?: string }; source_info: SourceInfo }>(request);
    const problem = source_info.source === 'FILE_UPLOAD' ? chunkProblem(source_info) : undefined;
    if (problem) return tiktokError(400, 'invalid_params', problem);
    const publishId = `v_inbox_${source_info.source === 'FILE_UPLOAD' ? 'file' : 'url'}~v2.${this.drafts.length + 1}`;
    const uploads = source_info.source === 'FILE_UPLOAD';
    this.drafts.push({
      publishId,
      source: source_info,
      title: post_info?.title ?? '',
      status: uploads ? 'PROCESSING_UPLOAD' : 'PROCESSING_DOWNLOAD',
      received: [],
      processingReads: this.processingReads,
    });
    return ok({
      publish_id: publishId,
      ...(uploads && { upload_url: `${this.url}/upload/${publishId}?upload_token=secret-upload-token` }),
    });
  }

  private upload({ params, headers, body }: PlatformRequest): Reply {
    const draft = this.drafts.find(({ publishId }) => publishId === params.id);
    const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '')?.map(Number) ?? [];
    if (!draft || first === undefined || last === undefined) return { status: 403, body: {} };
    // TikTok wants a length, and no chunked transfer.
    if (Number(headers['content-length']) !== body.length || body.length !== last - first + 1)
      return { status: 400, body: {} };
    const { video_size: total = 0, chunk_size: chunkSize = 0, total_chunk_count: count = 0 } = draft.source;
    const uploaded = bytesOf(draft);
    if (size !== total || first !== uploaded) return { status: 416, body: {} };
    const isLast = first === (count - 1) * chunkSize;
    if (last !== (isLast ? total : first + chunkSize) - 1) return { status: 416, body: {} };
    draft.received.push(body);
    if (!isLast) return { status: 206, body: {} };
    draft.status = 'SEND_TO_USER_INBOX';
    return { status: 201, body: {} };
  }

  private status(request: PlatformRequest): Reply {
    const { publish_id: id } = jsonBodyOf<{ publish_id: string }>(request);
    const draft = this.drafts.find(({ publishId }) => publishId === id);
    if (!draft) return tiktokError(400, 'invalid_publish_id', 'publish_id does not exist');
    if (
      draft.source.source === 'PULL_FROM_URL' &&
      draft.status === 'PROCESSING_DOWNLOAD' &&
      draft.processingReads === 0
    ) {
      draft.status = 'SEND_TO_USER_INBOX';
    }
    const processing = draft.status === 'SEND_TO_USER_INBOX' && draft.processingReads > 0;
    draft.processingReads = Math.max(0, draft.processingReads - 1);
    return ok({
      status: processing ? 'PROCESSING_UPLOAD' : draft.status,
      ...(draft.failReason && { fail_reason: draft.failReason }),
      uploaded_bytes: bytesOf(draft),
    });
  }

  private refresh(form: URLSearchParams): Reply {
    if (form.get('client_key') === null)
      return { body: { error: 'invalid_client', error_description: 'no key', log_id: '1' } };
    this.refreshes += 1;
    return {
      body: {
        access_token: `tiktok-access-${this.refreshes}`,
        expires_in: 86_400,
        open_id: 'open-1',
        refresh_expires_in: 31_536_000,
        refresh_token: `tiktok-refresh-${this.refreshes}`,
        scope: 'video.upload',
        token_type: 'Bearer',
      },
    };
  }
}

function bytesOf({ received }: TikTokDraft): number {
  return received.reduce((sum, { length }) => sum + length, 0);
}

/** TikTok's rules for chunks; undefined when they are kept. */
function chunkProblem({
  video_size: size = 0,
  chunk_size: chunk = 0,
  total_chunk_count: count = 0,
}: SourceInfo): string | undefined {
  if (count === 1 && chunk === size && size <= 64 * megabyte) return undefined;
  if (chunk < 5 * megabyte || chunk > 64 * megabyte) return 'the chunk size is invalid';
  if (count !== Math.floor(size / chunk) || count < 1 || count > 1000) return 'the total chunk count is invalid';
  return undefined;
}

function ok(data: object): Reply {
  return { body: { data, error: { code: 'ok', message: '', log_id: 'log-1' } } };
}

/** An error in the form of TikTok's content posting. */
export function tiktokError(status: number, code: string, message: string, headers?: Record<string, string>): Reply {
  return { status, headers, body: { data: {}, error: { code, message, log_id: 'log-1' } } };
}
