export { renderJson, reviewReportJsonSchema, reviewReportSchema } from './json';
export { type CommentOptions, commentLimit, commentMarker, renderComment } from './markdown/comment';
export { mermaidPicture } from './mermaid';
export { renderSarif, sarifLog } from './sarif';
export { renderTerminal, type TerminalOptions } from './terminal';
